import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { ForbiddenError, InvalidInputError, NotAllowedError, NotFoundError } from "../errors.ts";
import { UserId } from "../ids.ts";
import { addMember } from "./add-member.ts";
import { createOrganization } from "./create-organization.ts";
import { updateOrganization } from "./update-organization.ts";

async function open() {
  const world = await openCommandWorld();
  const lab = await createOrganization(world.owner.access, { name: "lab", displayName: "Lab" });
  const milo = await world.person("milo");
  await world.entries();
  return { ...world, lab, milo };
}

test("a user joins without a role of its own, once", async () => {
  const { owner, lab, milo, entries, clock } = await open();
  const made = await addMember(owner.access, lab.id, milo.user.id);
  expect(made).toMatchObject({ organization_id: lab.id, user_id: milo.user.id, username: "milo", roles: [], created_at: clock.now() });
  await expect(addMember(owner.access, lab.id, milo.user.id)).rejects.toThrow(InvalidInputError);
  expect(await entries()).toMatchObject([
    { action: "create", resource_type: "organization_member", resource_id: milo.user.id, organization_id: lab.id },
  ]);
});

test("who is no user any more, or was never one, does not join", async () => {
  const { owner, lab } = await open();
  const nobody = UserId.parse("5ca1ab1e-0000-4000-8000-000000000000");
  await expect(addMember(owner.access, lab.id, nobody)).rejects.toThrow(NotFoundError);
});

test("members let nobody in, and others do not see the organization", async () => {
  const { owner, lab, milo, organizationId } = await open();
  await expect(addMember(milo.access, organizationId, owner.user.id)).rejects.toThrow(ForbiddenError);
  await expect(addMember(milo.access, lab.id, milo.user.id)).rejects.toThrow(NotFoundError);
});

test("nobody is let in to roles that are not the caller's to give", async () => {
  const { owner, lab, milo, person } = await open();
  const una = await person("una", { roles: ["user-admin"] });
  await updateOrganization(owner.access, lab.id, { defaultMemberRoles: ["organization-admin"] });
  await expect(addMember(una.access, lab.id, milo.user.id)).rejects.toThrow(NotAllowedError);
});
