import { expect, test } from "vitest";
import { openAgentWorld } from "#test/contracts/stored.ts";
import { NotFoundError } from "../errors.ts";
import { AgentId } from "../ids.ts";
import { createBuild } from "../workspaces/create-build.ts";
import { appendAgentLogs } from "./append-agent-logs.ts";
import { followAgentLogs, listAgentLogs } from "./read-logs.ts";

async function open() {
  const agent = await openAgentWorld();
  const write = (output: string) => appendAgentLogs(agent.access, agent.id, { logs: [{ output }] });
  await write("one");
  return { ...agent, write };
}

test("a list goes on behind a line", async () => {
  const { access, id, write } = await open();
  await write("two");
  const [first, second] = await listAgentLogs(access, id);
  expect((await listAgentLogs(access, id, first?.id)).map(({ output }) => output)).toEqual(["two"]);
  expect(await listAgentLogs(access, id, second?.id)).toEqual([]);
});

test("a follower gets what is there, then what comes, until the next build begins", async () => {
  const { access, id, write, workspace } = await open();
  const seen: string[] = [];
  for await (const batch of followAgentLogs(access, id, { signal: AbortSignal.timeout(20_000) })) {
    seen.push(...batch.map(({ output }) => output));
    if (seen.length === 1) await write("two");
    else await createBuild(access, { workspaceId: workspace.id, transition: "stop" });
  }
  expect(seen).toEqual(["one", "two"]);
});

test("a follower leaves when it wants to, and hears nothing of other agents", async () => {
  const { access, id, world } = await open();
  const controller = new AbortController();
  const following = followAgentLogs(access, id, { signal: controller.signal });
  expect((await following.next()).done).toBe(false);
  const next = following.next();
  await world.core.write(async (tx) => tx.publish({ kind: "agent_logs", agentId: AgentId.parse("5ca1ab1e-0000-4000-8000-000000000000") }));
  controller.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});

test("a stranger reads nothing, at once or over time", async () => {
  const { world, id } = await open();
  const { access } = await world.person("mona");
  await expect(listAgentLogs(access, id)).rejects.toThrow(NotFoundError);
  await expect(followAgentLogs(access, id, { signal: AbortSignal.timeout(20_000) }).next()).rejects.toThrow(NotFoundError);
});
