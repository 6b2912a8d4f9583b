import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { NotFoundError } from "../errors.ts";
import { NIL_UUID } from "../ids.ts";
import { createOrganization } from "./create-organization.ts";
import {
  findOwnOrganizationId,
  getOrganization,
  getOrganizationByReference,
  listOrganizations,
  listOrganizationsOfUser,
} from "./read-organizations.ts";

async function open() {
  const world = await openCommandWorld();
  const lab = await createOrganization(world.owner.access, { name: "lab", displayName: "Lab" });
  const milo = await world.person("milo");
  return { ...world, lab, milo };
}

test("an organization is named by id, by name in any letter case, and the default one by default and by zeros", async () => {
  const { owner, lab, organizationId } = await open();
  const found = async (reference: string) => (await getOrganizationByReference(owner.access, reference)).id;
  for (const reference of [lab.id, lab.id.toUpperCase(), "lab", "LAB"]) expect(await found(reference), reference).toBe(lab.id);
  for (const reference of ["default", NIL_UUID, organizationId]) expect(await found(reference), reference).toBe(organizationId);
  await expect(found("moon")).rejects.toThrow(NotFoundError);
});

test("a name that looks like an id is a name too, behind the id", async () => {
  const { owner, lab } = await open();
  const odd = await createOrganization(owner.access, {
    name: lab.id.replace(/^./, (digit) => (digit === "0" ? "1" : "0")),
    displayName: "",
  });
  expect((await getOrganizationByReference(owner.access, odd.name)).id).toBe(odd.id);
});

test("members see their own, and what they do not see is missing", async () => {
  const { owner, milo, lab, organizationId } = await open();
  expect((await listOrganizations(milo.access)).map(({ name }) => name)).toEqual(["default"]);
  expect((await listOrganizations(owner.access)).map(({ name }) => name)).toEqual(["default", "lab"]);
  expect((await getOrganization(milo.access, organizationId)).name).toBe("default");
  await expect(getOrganization(milo.access, lab.id)).rejects.toThrow(NotFoundError);
  await expect(getOrganizationByReference(milo.access, "lab")).rejects.toThrow(NotFoundError);
});

test("of another user's organizations the caller sees those that it may read anyway", async () => {
  const { owner, milo } = await open();
  expect((await listOrganizationsOfUser(milo.access, owner.user.id)).map(({ name }) => name)).toEqual(["default"]);
  expect((await listOrganizationsOfUser(owner.access, milo.user.id)).map(({ name }) => name)).toEqual(["default"]);
});

test("who is in an organization may say which one is meant, with any scope, and learns no more", async () => {
  const { milo, lab, organizationId, accessOf } = await open();
  const narrow = await accessOf(milo.user.id, { scopes: ["workspace:read"] });
  expect(await findOwnOrganizationId(narrow, "default")).toBe(organizationId);
  expect([await findOwnOrganizationId(narrow, "lab"), await findOwnOrganizationId(narrow, lab.id)]).toEqual([undefined, undefined]);
  await expect(getOrganization(narrow, organizationId)).rejects.toThrow(NotFoundError);
});
