import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { storedTemplate, storedWorkspace } from "#test/contracts/stored.ts";
import { ForbiddenError, NotFoundError } from "../errors.ts";
import { statePurpose } from "./build-rows.ts";
import { getBuildState } from "./read-build-state.ts";

test("a state is for who may change the template, not for the workspace's owner, and strangers find no build", async () => {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const { user, access } = await world.person("milo");
  const { workspace, build } = await storedWorkspace(world, { access, ownerId: user.id, template });
  const { core, owner } = world;
  expect(await getBuildState(owner.access, build.id)).toEqual(new Uint8Array());
  const provisioner_state = core.encryption.seal(statePurpose(workspace.id), Buffer.from("{}"));
  await core.db.updateTable("workspace_builds").set({ provisioner_state }).execute();
  expect(Buffer.from(await getBuildState(owner.access, build.id)).toString()).toBe("{}");
  await expect(getBuildState(access, build.id)).rejects.toThrow(ForbiddenError);
  await expect(getBuildState((await world.person("mona")).access, build.id)).rejects.toThrow(NotFoundError);
});
