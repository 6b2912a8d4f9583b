import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { BUILT_IN_KEY_ID, seed } from "./seed.ts";

test("a deployment is given what it starts with once, and keeps its id from then on", async () => {
  const { core, store } = await openCommandWorld();
  expect(await seed(core.db, core)).toBe(store.system.deploymentId);
  expect(await core.db.selectFrom("organizations").select(["name", "is_default"]).execute()).toEqual([
    { name: "default", is_default: true },
  ]);
  expect(await core.db.selectFrom("provisioner_keys").select(["id", "hashed_secret"]).execute()).toEqual([
    { id: BUILT_IN_KEY_ID, hashed_secret: null },
  ]);
});
