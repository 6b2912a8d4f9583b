import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { createOrganization } from "../organizations/create-organization.ts";
import { deleteOrganization } from "../organizations/delete-organization.ts";
import { updateOrganization } from "../organizations/update-organization.ts";
import { findPerson, findPersonByEmail } from "./person-rows.ts";

test("a person comes with what its organizations give it, the oldest membership first, and without deleted ones", async () => {
  const { core, owner, organizationId, clock } = await openCommandWorld();
  clock.advance(1_000);
  const lab = await createOrganization(owner.access, { name: "lab", displayName: "Lab" });
  await updateOrganization(owner.access, lab.id, { workspaceSharing: "none", defaultMemberRoles: [] });
  const gone = await createOrganization(owner.access, { name: "gone", displayName: "" });
  await deleteOrganization(owner.access, [], gone.id);
  const found = await findPerson(core.db, owner.user.id);
  expect(found?.roles).toEqual({
    site: ["owner"],
    groups: [],
    organizations: [
      { organizationId, roles: [], defaultRoles: ["organization-workspace-access"], sharing: "everyone" },
      { organizationId: lab.id, roles: [], defaultRoles: [], sharing: "none" },
    ],
  });
  expect(found?.user.organization_ids).toEqual([organizationId, lab.id]);
  expect(found?.user).not.toHaveProperty("hashed_password");
});

test("a person without an organization is still one, and a deleted one is not", async () => {
  const { core, owner } = await openCommandWorld();
  await core.db.deleteFrom("organization_members").execute();
  const { id, email } = owner.user;
  expect((await findPerson(core.db, id))?.user.organization_ids).toEqual([]);
  expect((await findPersonByEmail(core.db, email.toUpperCase()))?.hashedPassword).toMatch(/^\$argon2id\$/);
  await core.db.updateTable("users").set({ deleted: true }).execute();
  expect([await findPerson(core.db, id), await findPersonByEmail(core.db, email)]).toEqual([undefined, undefined]);
});
