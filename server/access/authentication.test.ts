import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { UserId } from "../ids.ts";
import { setUserRoles } from "../people/set-user-roles.ts";
import { createAuthentication } from "./authentication.ts";

test("a user's roles are those of this moment, and who is not there has none", async () => {
  const { core, person, owner } = await openCommandWorld();
  const { id } = (await person("milo")).user;
  const { rolesOf } = createAuthentication(core, () => {});
  expect((await rolesOf(id)).site).toEqual([]);
  await setUserRoles(owner.access, id, ["auditor"]);
  expect((await rolesOf(id)).site).toEqual(["auditor"]);
  expect(await rolesOf(UserId.parse("5ca1ab1e-0000-4000-8000-000000000000"))).toEqual({ site: [], organizations: [], groups: [] });
});

test("a key that nobody understands is complained of once, however often it is shown", async () => {
  const { core, owner, keyHolder } = await openCommandWorld();
  const told: unknown[] = [];
  const { withApiKey } = createAuthentication(core, (unknown) => void told.push(unknown));
  const { secret, key } = await keyHolder(owner.user.id);
  await core.db
    .updateTable("api_keys")
    .set({ scopes: ["moon:land"] })
    .execute();
  for (let shown = 0; shown < 3; shown++) expect(await withApiKey(secret, { ipAddress: "" })).toBeUndefined();
  expect(told).toEqual([{ keyId: key.id, userId: owner.user.id, problem: expect.stringContaining("moon:land") }]);
});
