import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { ForbiddenError, NotFoundError } from "../errors.ts";
import { getGitSshKey, getGitSshKeyPair } from "./read-git-ssh-key.ts";
import { regenerateGitSshKey } from "./regenerate-git-ssh-key.ts";

test("a new key takes the place of the old one, since when the old one was made", async () => {
  const { person, clock, entries } = await openCommandWorld();
  const { user, access } = await person("milo");
  const before = await getGitSshKeyPair(access, user.id);
  await entries();
  clock.advance(1_000);
  const made = await regenerateGitSshKey(access, user.id);
  expect(made).toMatchObject({ created_at: before.created_at, updated_at: clock.now() });
  expect(made).not.toHaveProperty("private_key");
  expect(await getGitSshKey(access, user.id)).toEqual(made);
  expect((await getGitSshKeyPair(access, user.id)).private_key).not.toBe(before.private_key);
  const [entry] = await entries();
  expect(entry?.diff).toMatchObject({ public_key: { new: made.public_key }, private_key: { old: "", new: "", secret: true } });
});

test("who may see a user and no more is refused openly, and others find nobody", async () => {
  const { person, accessOf } = await openCommandWorld();
  const [milo, audrey] = [await person("milo"), await person("audrey", { roles: ["auditor"] })];
  await expect(regenerateGitSshKey(audrey.access, milo.user.id)).rejects.toThrow(ForbiddenError);
  await expect(regenerateGitSshKey(milo.access, audrey.user.id)).rejects.toThrow(NotFoundError);
  const reading = await accessOf(milo.user.id, { scopes: ["user:read_personal"] });
  await expect(regenerateGitSshKey(reading, milo.user.id)).rejects.toThrow(ForbiddenError);
});
