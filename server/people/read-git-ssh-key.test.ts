import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { ForbiddenError, NotFoundError } from "../errors.ts";
import { getGitSshKey, getGitSshKeyPair } from "./read-git-ssh-key.ts";

test("the private half comes only with the pair", async () => {
  const { person } = await openCommandWorld();
  const { user, access } = await person("milo");
  const pair = await getGitSshKeyPair(access, user.id);
  expect(pair.private_key).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
  const { private_key: _, ...half } = pair;
  expect(await getGitSshKey(access, user.id)).toEqual(half);
});

test("neither half is for a scope without personal data, or for others", async () => {
  const { person, owner, accessOf } = await openCommandWorld();
  const milo = await person("milo");
  const narrow = await accessOf(milo.user.id, { scopes: ["user:read"] });
  for (const read of [getGitSshKey, getGitSshKeyPair]) {
    await expect(read(narrow, milo.user.id)).rejects.toThrow(ForbiddenError);
    await expect(read(milo.access, owner.user.id)).rejects.toThrow(NotFoundError);
  }
});

test("a user without a key has none to read", async () => {
  const { owner, core } = await openCommandWorld();
  await core.db.deleteFrom("git_ssh_keys").execute();
  await expect(getGitSshKey(owner.access, owner.user.id)).rejects.toThrow(NotFoundError);
});
