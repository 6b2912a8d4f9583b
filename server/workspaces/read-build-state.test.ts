import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { textOf } from "#test/contracts/state-text.ts";
import { storedTemplate, storedWorkspace } from "#test/contracts/stored.ts";
import { ForbiddenError, NotFoundError } from "../errors.ts";
import { findBuildRow } from "./new-build-rows.ts";
import { getBuildState } from "./read-build-state.ts";
import { storeState } from "./store-state.ts";

test("a state is for who may change the template, not for the workspace's owner, and strangers find no build", async () => {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const { user, access } = await world.person("milo");
  const { build } = await storedWorkspace(world, { access, ownerId: user.id, template });
  const { core, owner } = world;
  expect(await getBuildState(owner.access, build.id)).toMatchObject({ sizeBytes: 0 });
  const row = await findBuildRow(core.db, build.id);
  await core.write((tx) => storeState(core, tx, row, { state: Buffer.from("{}"), stateId: "" }));
  expect(await textOf(await getBuildState(owner.access, build.id))).toBe("{}");
  await expect(getBuildState(access, build.id)).rejects.toThrow(ForbiddenError);
  await expect(getBuildState((await world.person("mona")).access, build.id)).rejects.toThrow(NotFoundError);
});
