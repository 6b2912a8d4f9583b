import { expect, test } from "vitest";
import { openAgentWorld } from "#test/contracts/stored.ts";
import { ForbiddenError, NotFoundError } from "../errors.ts";
import { getAgent } from "./read-agent.ts";
import { markAgentConnected, markAgentDisconnected } from "./report-connection.ts";

test("the first time stays, the last one moves on, and who comes back has not left", async () => {
  const { world, access, id, workspace } = await openAgentWorld();
  const [first, later] = [new Date(1_000), new Date(2_000)];
  await markAgentConnected(access, id, first);
  await markAgentDisconnected(access, id, first);
  expect(await getAgent(access, id)).toMatchObject({ first_connected_at: first, last_connected_at: first, disconnected_at: first });
  await markAgentConnected(access, id, later);
  expect(await getAgent(access, id)).toMatchObject({ first_connected_at: first, last_connected_at: later, disconnected_at: null });
  await markAgentConnected(access, id);
  expect((await getAgent(access, id)).last_connected_at).toEqual(world.clock.now());
  expect(new Set(world.events().map((event) => JSON.stringify(event)))).toEqual(
    new Set([JSON.stringify({ kind: "workspace_changed", workspaceId: workspace.id })]),
  );
});

test("who may only look is refused openly, and a stranger finds no agent", async () => {
  const { world, user, id } = await openAgentWorld();
  const looking = await world.accessOf(user.id, { scopes: ["workspace:read"] });
  await expect(markAgentConnected(looking, id)).rejects.toThrow(ForbiddenError);
  await expect(markAgentDisconnected((await world.person("mona")).access, id)).rejects.toThrow(NotFoundError);
});
