import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { ForbiddenError, NameTakenError } from "../errors.ts";
import { createOrganization, parseNewOrganization } from "./create-organization.ts";
import { listMembers } from "./read-members.ts";

test("a request without a display name gets the name", () => {
  expect(parseNewOrganization({ name: "lab" })).toEqual({ name: "lab", displayName: "lab", description: "", icon: "" });
  expect(parseNewOrganization({ name: "lab", display_name: "The Lab" }).displayName).toBe("The Lab");
  expect(() => parseNewOrganization({ name: "Default", icon: "x" })).toThrow(
    expect.objectContaining({ fields: [expect.objectContaining({ field: "name" }), expect.objectContaining({ field: "icon" })] }),
  );
});

test("whoever creates it is its only member, without a role, and it is entered", async () => {
  const { owner, entries } = await openCommandWorld();
  const made = await createOrganization(owner.access, { name: "lab", displayName: "Lab", icon: "/a.png" });
  expect(made).toMatchObject({ name: "lab", is_default: false, icon: "/a.png" });
  expect(await listMembers(owner.access, made.id)).toMatchObject({ members: [{ user_id: owner.user.id, roles: [] }], count: 1 });
  expect(await entries()).toMatchObject([
    { action: "create", resource_type: "organization", resource_target: "lab", organization_id: made.id, resource_icon: "/a.png" },
  ]);
});

test("the server itself becomes no member of what it creates", async () => {
  const { system, owner } = await openCommandWorld();
  const made = await createOrganization(system, { name: "lab", displayName: "Lab" });
  expect((await listMembers(owner.access, made.id)).count).toBe(0);
});

test("it is refused openly to who may not, and for a name that is taken in any letter case", async () => {
  const { person, owner } = await openCommandWorld();
  const milo = await person("milo", { memberRoles: ["organization-admin"] });
  await expect(createOrganization(milo.access, { name: "lab", displayName: "" })).rejects.toThrow(ForbiddenError);
  await expect(createOrganization(owner.access, { name: "DEFAULT", displayName: "" })).rejects.toThrow(NameTakenError);
});
