import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { ForbiddenError, InvalidInputError, NotAllowedError, NotFoundError } from "../errors.ts";
import { setUserStatus } from "./set-user-status.ts";

test("a suspended user's keys open nothing until the suspension ends, and both are entered", async () => {
  const { person, owner, keyHolder, store, entries } = await openCommandWorld();
  const { id } = (await person("milo")).user;
  const { secret } = await keyHolder(id);
  const opens = async () => (await store.system.authentication.withApiKey(secret, { ipAddress: "" })) !== undefined;
  await entries();
  expect((await setUserStatus(owner.access, id, "suspended")).status).toBe("suspended");
  expect(await opens()).toBe(false);
  await setUserStatus(owner.access, id, "active");
  expect(await opens()).toBe(true);
  expect((await entries()).map(({ diff }) => diff.status)).toMatchObject([{ new: "suspended" }, { old: "suspended", new: "active" }]);
});

test("a status that is set again leaves no entry", async () => {
  const { person, owner, entries } = await openCommandWorld();
  const milo = await person("milo");
  await entries();
  await setUserStatus(owner.access, milo.user.id, milo.user.status);
  expect(await entries()).toEqual([]);
});

test("nobody suspends themselves or an owner, and only owners touch an owner", async () => {
  const { person, owner, system } = await openCommandWorld();
  const una = await person("una", { roles: ["user-admin"] });
  await expect(setUserStatus(una.access, una.user.id, "suspended")).rejects.toThrow(InvalidInputError);
  await expect(setUserStatus(system, owner.user.id, "suspended")).rejects.toThrow(InvalidInputError);
  await expect(setUserStatus(una.access, owner.user.id, "dormant")).rejects.toThrow(NotAllowedError);
});

test("who may see a user and no more is refused openly, and others find nobody", async () => {
  const { person } = await openCommandWorld();
  const [milo, audrey] = [await person("milo"), await person("audrey", { roles: ["auditor"] })];
  await expect(setUserStatus(audrey.access, milo.user.id, "suspended")).rejects.toThrow(ForbiddenError);
  await expect(setUserStatus(milo.access, audrey.user.id, "suspended")).rejects.toThrow(NotFoundError);
});
