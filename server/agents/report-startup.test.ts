import { expect, test } from "vitest";
import { openAgentWorld } from "#test/contracts/stored.ts";
import { NotFoundError } from "../errors.ts";
import { getAgent } from "./read-agent.ts";
import { reportStartup } from "./report-startup.ts";

const STARTUP = { version: "v2.1.0", apiVersion: "2.11", expandedDirectory: "/home/milo", subsystems: ["envbox"] };

test("what an agent says of itself replaces what it said before", async () => {
  const { world, access, id, workspace } = await openAgentWorld();
  await reportStartup(access, id, STARTUP);
  await reportStartup(access, id, { ...STARTUP, version: "v2.2.0", subsystems: [] });
  expect(await getAgent(access, id)).toMatchObject({
    version: "v2.2.0",
    api_version: "2.11",
    expanded_directory: "/home/milo",
    subsystems: [],
    updated_at: world.clock.now(),
  });
  expect(world.events().at(-1)).toEqual({ kind: "workspace_changed", workspaceId: workspace.id });
});

test("of a workspace that one does not see nothing is reported", async () => {
  const { world, id } = await openAgentWorld();
  await expect(reportStartup((await world.person("mona")).access, id, STARTUP)).rejects.toThrow(NotFoundError);
});
