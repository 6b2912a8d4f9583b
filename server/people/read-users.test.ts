import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { ForbiddenError, NotFoundError } from "../errors.ts";
import { UserId } from "../ids.ts";
import { findUserByReference, getPersonal, getSelf, getUser, listUsers } from "./read-users.ts";

const NOBODY = UserId.parse("5ca1ab1e-0000-4000-8000-000000000000");

test("a user is found by its id or its name, in any letter case, by who may see it", async () => {
  const { person, owner } = await openCommandWorld();
  const { user, access } = await person("milo");
  for (const reference of [user.id, user.id.toUpperCase(), "milo", "MILO"])
    expect((await findUserByReference(owner.access, reference))?.id, reference).toBe(user.id);
  for (const reference of ["olive", owner.user.id, NOBODY, ""])
    expect(await findUserByReference(access, reference), reference).toBeUndefined();
});

test("hidden and missing are the same, also for what is personal", async () => {
  const { person, owner } = await openCommandWorld();
  const { user, access } = await person("milo");
  for (const id of [owner.user.id, NOBODY]) {
    await expect(getUser(access, id)).rejects.toThrow(NotFoundError);
    await expect(getPersonal(access, id)).rejects.toThrow(NotFoundError);
  }
  expect([(await getUser(access, user.id)).id, (await getPersonal(access, user.id)).id]).toEqual([user.id, user.id]);
});

test("one's own record needs the right to read it, and is not read again", async () => {
  const { person, accessOf } = await openCommandWorld();
  const { user, access } = await person("milo");
  expect(await getSelf(access, user)).toBe(user);
  const blind = await accessOf(user.id, { scopes: ["workspace:read"] });
  await expect(getSelf(blind, user)).rejects.toThrow(NotFoundError);
  await expect(getPersonal(blind, user.id)).rejects.toThrow(ForbiddenError);
});

test("a list holds whom the caller may see, and counts no others", async () => {
  const { person, owner } = await openCommandWorld();
  const { access } = await person("milo");
  expect(await listUsers(access)).toMatchObject({ users: [{ username: "milo" }], count: 1 });
  expect(await listUsers(owner.access, { limit: 1 })).toMatchObject({ users: [{ username: "milo" }], count: 2 });
});
