import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { ForbiddenError, InvalidInputError, NotAllowedError, NotFoundError } from "../errors.ts";
import { setMemberRoles } from "./set-member-roles.ts";

test("roles are replaced, each once and without the one that every member has", async () => {
  const { owner, person, organizationId, entries } = await openCommandWorld();
  const milo = await person("milo", { memberRoles: ["organization-auditor"] });
  await entries();
  const names = ["organization-template-admin", "organization-member", "organization-template-admin"];
  expect((await setMemberRoles(owner.access, organizationId, milo.user.id, names)).roles).toEqual(["organization-template-admin"]);
  expect((await entries()).map(({ diff }) => diff.roles)).toMatchObject([
    { old: ["organization-auditor"], new: ["organization-template-admin"] },
  ]);
});

test("roles of the site, of service accounts, and of nobody are none to give", async () => {
  const { owner, person, organizationId } = await openCommandWorld();
  const milo = await person("milo");
  for (const name of ["owner", "organization-service-account", "king"])
    await expect(setMemberRoles(owner.access, organizationId, milo.user.id, [name]), name).rejects.toThrow(InvalidInputError);
});

test("nobody changes their own, and what is given and taken must be theirs", async () => {
  const { person, organizationId } = await openCommandWorld();
  const manager = await person("mona", { memberRoles: ["organization-user-admin"] });
  const milo = await person("milo", { memberRoles: ["organization-auditor"] });
  await expect(setMemberRoles(manager.access, organizationId, manager.user.id, [])).rejects.toThrow(InvalidInputError);
  await expect(setMemberRoles(manager.access, organizationId, milo.user.id, [])).rejects.toThrow(NotAllowedError);
});

test("a member who may only see members is refused openly, and a stranger finds nobody", async () => {
  const { owner, person, organizationId } = await openCommandWorld();
  const auditor = await person("audrey", { memberRoles: ["organization-auditor"] });
  await expect(setMemberRoles(auditor.access, organizationId, owner.user.id, [])).rejects.toThrow(ForbiddenError);
  const stranger = await person("milo", { organizationIds: [] });
  await expect(setMemberRoles(stranger.access, organizationId, owner.user.id, [])).rejects.toThrow(NotFoundError);
});
