import { expect, test } from "vitest";
import { ZERO_UUID } from "#sdk/scalars.ts";
import { openAgentWorld } from "#test/contracts/stored.ts";
import { InvalidInputError } from "../errors.ts";
import { appendAgentLogs } from "./append-agent-logs.ts";
import { getAgent } from "./read-agent.ts";
import { listAgentLogs } from "./read-logs.ts";

test("lines without a source go to one for all of them, which is made at the first", async () => {
  const { access, id } = await openAgentWorld();
  await appendAgentLogs(access, id, { logs: [{ output: "one", level: "warn", created_at: "2026-01-02T03:04:05Z" }] });
  await appendAgentLogs(access, id, { log_source_id: ZERO_UUID, logs: [{ output: "two" }] });
  const external = (await getAgent(access, id)).log_sources.filter(({ display_name }) => display_name === "External");
  expect(external).toHaveLength(1);
  expect(await listAgentLogs(access, id)).toMatchObject([
    { output: "one", level: "warn", created_at: new Date("2026-01-02T03:04:05Z"), log_source_id: external[0]?.id },
    { output: "two", level: "info", log_source_id: external[0]?.id },
  ]);
});

test("no lines, and a source that the agent does not have, are refused", async () => {
  const { access, id } = await openAgentWorld();
  await expect(appendAgentLogs(access, id, { logs: [] })).rejects.toThrow(InvalidInputError);
  const log_source_id = "22222222-0000-4000-8000-000000000002";
  await expect(appendAgentLogs(access, id, { log_source_id, logs: [{ output: "x" }] })).rejects.toThrow(InvalidInputError);
  expect(await listAgentLogs(access, id)).toEqual([]);
});
