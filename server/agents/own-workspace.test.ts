import { expect, test } from "vitest";
import { openAgentWorld } from "#test/contracts/stored.ts";
import { createGuard } from "../access/guard.ts";
import { NotFoundError } from "../errors.ts";
import { report, reportChange } from "./own-workspace.ts";

test("a report is one transaction: what fails in it leaves nothing and tells nobody", async () => {
  const { world, access, id, workspace } = await openAgentWorld();
  const context = { ...access.database, guard: createGuard(access.subject) };
  expect(await report(context, id, async (_tx, found) => found.id)).toBe(workspace.id);
  const failing = reportChange(context, id, () => {
    throw new Error("half-way");
  });
  await expect(failing).rejects.toThrow("half-way");
  expect(world.events()).toEqual([]);
});

test("about an agent of no workspace nothing is reported", async () => {
  const { world, access, id } = await openAgentWorld();
  await world.core.db.deleteFrom("workspace_builds").execute();
  const context = { ...access.database, guard: createGuard(access.subject) };
  await expect(report(context, id, async () => "written")).rejects.toThrow(NotFoundError);
});
