import { expect, test } from "vitest";
import { openAgentWorld } from "#test/contracts/stored.ts";
import { InvalidInputError, LogQuotaExceededError, NotFoundError } from "../errors.ts";
import { LogSourceId } from "../ids.ts";
import { AGENT_LOG_LIMIT_BYTES, AGENT_LOG_LIMIT_LINES, appendLogs } from "./append-logs.ts";
import { createLogSource } from "./create-log-source.ts";
import { getAgent } from "./read-agent.ts";
import { listAgentLogs } from "./read-logs.ts";

const SOURCE = LogSourceId.parse("11111111-0000-4000-8000-000000000001");
const line = (output: string) => ({ level: "info", output }) as const;

async function open() {
  const agent = await openAgentWorld();
  await createLogSource(agent.access, agent.id, { id: SOURCE, displayName: "Mine", icon: "" });
  return agent;
}

test("lines are kept in order, cleaned, and with the time that they say or now", async () => {
  const { world, access, id } = await open();
  await appendLogs(access, id, SOURCE, [line("a\0"), { ...line("b"), createdAt: new Date(0) }]);
  expect(await listAgentLogs(access, id)).toMatchObject([
    { output: "a\u{FFFD}", created_at: world.clock.now(), log_source_id: SOURCE },
    { output: "b", created_at: new Date(0) },
  ]);
  expect(world.events()).toEqual([{ kind: "agent_logs", agentId: id }]);
});

test("at the limit the batch is refused whole, everybody sees that something is missing, and it stays so", async () => {
  const { world, access, id } = await open();
  await appendLogs(access, id, SOURCE, [line("x".repeat(AGENT_LOG_LIMIT_BYTES - 2)), line("")]);
  await expect(appendLogs(access, id, SOURCE, [line("y"), line("z")])).rejects.toThrow(LogQuotaExceededError);
  expect(await getAgent(access, id)).toMatchObject({ logs_overflowed: true, logs_length: AGENT_LOG_LIMIT_BYTES - 1 });
  expect(world.events().map(({ kind }) => kind)).toEqual(["agent_logs", "agent_logs"]);
  await expect(appendLogs(access, id, SOURCE, [line("")])).rejects.toThrow(LogQuotaExceededError);
  expect(await listAgentLogs(access, id)).toHaveLength(2);
});

test("numbered lines that come again are stored once, and count once", async () => {
  const { access, id } = await open();
  const run = "33333333-0000-4000-8000-000000000001";
  await appendLogs(access, id, SOURCE, [line("a"), line("b")], { run, first: 1 });
  await appendLogs(access, id, SOURCE, [line("a"), line("b"), line("c")], { run, first: 1 });
  expect(await appendLogs(access, id, SOURCE, [line("c")], { run, first: 3 })).toEqual([]);
  expect((await listAgentLogs(access, id)).map(({ output }) => output)).toEqual(["a", "b", "c"]);
  expect(await getAgent(access, id)).toMatchObject({ logs_length: 3 });
  // Those of an older agent, and of the next process of this one.
  await appendLogs(access, id, SOURCE, [line("c")]);
  await appendLogs(access, id, SOURCE, [line("a")], { run: "33333333-0000-4000-8000-000000000002", first: 1 });
  expect((await listAgentLogs(access, id)).map(({ output }) => output)).toEqual(["a", "b", "c", "c", "a"]);
});

test("a refused batch is not taken, and each source has numbers of its own", async () => {
  const { access, id } = await open();
  const numbers = { run: "33333333-0000-4000-8000-000000000001", first: 1 };
  const second = LogSourceId.parse("11111111-0000-4000-8000-000000000002");
  await createLogSource(access, id, { id: second, displayName: "Second", icon: "" });
  await appendLogs(access, id, SOURCE, [line("a")], numbers);
  await appendLogs(access, id, second, [line("b")], numbers);
  expect(await listAgentLogs(access, id)).toHaveLength(2);
  await expect(appendLogs(access, id, SOURCE, [line("x".repeat(AGENT_LOG_LIMIT_BYTES))], { ...numbers, first: 2 })).rejects.toThrow(
    LogQuotaExceededError,
  );
  const source = (await getAgent(access, id)).log_sources.find((each) => each.id === SOURCE);
  expect(source).toMatchObject({ logs_taken: 1 });
});

test("a source must be the agent's, and the workspace the caller's to report about", async () => {
  const { world, access, id } = await open();
  const other = LogSourceId.parse("22222222-0000-4000-8000-000000000002");
  await expect(appendLogs(access, id, other, [line("x")])).rejects.toThrow(InvalidInputError);
  await expect(appendLogs((await world.person("mona")).access, id, SOURCE, [line("x")])).rejects.toThrow(NotFoundError);
  expect(world.events()).toEqual([]);
});

test("a line counts as a row, however short it is", async () => {
  const { world, access, id } = await open();
  const empty = Array.from({ length: AGENT_LOG_LIMIT_LINES }, () => line(""));
  await appendLogs(access, id, SOURCE, empty);
  await expect(appendLogs(access, id, SOURCE, [line("")])).rejects.toThrow(LogQuotaExceededError);
  const { count } = await world.core.db
    .selectFrom("workspace_agent_logs")
    .select((all) => all.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  expect(count).toBe(65_536);
});
