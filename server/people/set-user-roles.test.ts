import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { ForbiddenError, InvalidInputError, NotAllowedError, NotFoundError } from "../errors.ts";
import { setUserRoles } from "./set-user-roles.ts";

test("roles are replaced, each once and without the one that everybody has", async () => {
  const { person, owner, entries } = await openCommandWorld();
  const milo = await person("milo", { roles: ["template-admin"] });
  await entries();
  const after = await setUserRoles(owner.access, milo.user.id, ["auditor", "member", "auditor"]);
  expect(after.rbac_roles).toEqual(["auditor"]);
  expect((await entries()).map(({ diff }) => diff)).toEqual([{ rbac_roles: { old: ["template-admin"], new: ["auditor"], secret: false } }]);
});

test("who may not give roles is refused openly, and a user whom one may not see is missing", async () => {
  const { person, owner } = await openCommandWorld();
  const [milo, audrey] = [await person("milo"), await person("audrey", { roles: ["auditor"] })];
  await expect(setUserRoles(audrey.access, milo.user.id, ["auditor"])).rejects.toThrow(ForbiddenError);
  await expect(setUserRoles(milo.access, owner.user.id, [])).rejects.toThrow(NotFoundError);
});

test("a role must be the caller's to give or to take, and must exist", async () => {
  const { person, owner } = await openCommandWorld();
  const [milo, una] = [await person("milo", { roles: ["auditor"] }), await person("una", { roles: ["user-admin"] })];
  await expect(setUserRoles(una.access, milo.user.id, ["auditor", "template-admin"])).rejects.toThrow(NotAllowedError);
  await expect(setUserRoles(una.access, milo.user.id, [])).rejects.toThrow(NotAllowedError);
  await expect(setUserRoles(owner.access, milo.user.id, ["organization-admin"])).rejects.toThrow(InvalidInputError);
});

test("nobody changes their own roles, and the last owner stays one", async () => {
  const { owner, system } = await openCommandWorld();
  await expect(setUserRoles(owner.access, owner.user.id, ["owner", "auditor"])).rejects.toThrow(InvalidInputError);
  await expect(setUserRoles(system, owner.user.id, ["auditor"])).rejects.toThrow(InvalidInputError);
});
