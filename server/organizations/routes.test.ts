import { Type } from "typebox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isSecret } from "#credentials/secret.ts";
import { GitSSHKey } from "#sdk/git-ssh-keys.ts";
import { Organization } from "#sdk/organizations.ts";
import { ProvisionerKey } from "#sdk/provisioner-keys.ts";
import { GetUsersResponse } from "#sdk/users.ts";
import { expectShape } from "#test/server/expect-shape.ts";
import { openServerWorld, type ServerWorld } from "#test/server/server-world.ts";

let world: ServerWorld;
beforeAll(async () => {
  world = await openServerWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

test("finds an organization by id, by name, as the default one, and by the all-zero id", async () => {
  const organizations = await world.client.listOrganizations();
  expectShape(Type.Array(Organization), organizations);
  const [first] = organizations;
  if (first === undefined) throw new Error("there is no organization");
  for (const reference of [first.id, first.name, first.name.toUpperCase(), "default", "00000000-0000-0000-0000-000000000000"])
    expect((await world.client.getOrganization(reference)).id).toBe(first.id);
  await expect(world.client.getOrganization("elsewhere")).rejects.toMatchObject({ status: 404 });
  expect((await world.call("GET", `/api/v2/users/me/organizations/${first.name}`)).json.id).toBe(first.id);
  expect((await world.call("GET", "/api/v2/users/me/organizations/elsewhere")).status).toBe(404);
});

test("lists users, in pages and by search", async () => {
  const users = await world.client.listUsers();
  expectShape(GetUsersResponse, users);
  expect(users).toMatchObject({ count: 1, users: [{ username: "ann" }] });
  expect(await world.client.listUsers({ q: "ANN@", limit: 1 })).toMatchObject({ count: 1, users: [{ username: "ann" }] });
  expect(await world.client.listUsers({ q: "bob" })).toEqual({ count: 0, users: [] });
  expect(await world.client.listUsers({ q: "status:suspended" })).toEqual({ count: 0, users: [] });
  await expect(world.client.listUsers({ q: "status:gone" })).rejects.toMatchObject({ status: 400, validations: [{ field: "status" }] });
});

test("shows a user's SSH key without its private half, and makes a new one", async () => {
  const before = await world.client.getUserGitSshKey("me");
  expectShape(GitSSHKey, before);
  expect(before.public_key).toMatch(/^ssh-ed25519 /);
  const after = await world.client.regenerateUserGitSshKey("ann");
  expect(after.public_key).not.toBe(before.public_key);
  expect(await world.client.getUserGitSshKey("me")).toEqual(after);
});

test("a provisioner key is told once, listed by name, and gone after its deletion", async () => {
  const { key } = await world.client.createProvisionerKey("default", { name: "build-farm", tags: { zone: "eu" } });
  expect(isSecret("provisioner", key)).toBe(true);
  const keys = await world.client.listProvisionerKeys("default");
  expectShape(Type.Array(ProvisionerKey), keys);
  expect(keys).toMatchObject([{ name: "build-farm", tags: { zone: "eu" } }]);
  expect(JSON.stringify(keys) + world.logged()).not.toContain(key);
  await expect(world.client.createProvisionerKey("default", { name: "Build-Farm" })).rejects.toMatchObject({ status: 409 });
  await world.client.deleteProvisionerKey("default", "build-farm");
  expect(await world.client.listProvisionerKeys("default")).toEqual([]);
  await expect(world.client.deleteProvisionerKey("default", "build-farm")).rejects.toMatchObject({ status: 404 });
});

for (const name of ["", "built-in", "psk", "user-auth", "a b", "-a", "x".repeat(65)]) {
  test(`refuses a provisioner key named ${JSON.stringify(name)}`, async () => {
    await expect(world.client.createProvisionerKey("default", { name })).rejects.toMatchObject({
      status: 400,
      validations: [{ field: "name" }],
    });
  });
}

test("Go's null for a nil map is as good as none", async () => {
  const { status } = await world.call("POST", "/api/v2/organizations/default/provisionerkeys", { name: "from-go", tags: null });
  expect(status).toBe(201);
});
