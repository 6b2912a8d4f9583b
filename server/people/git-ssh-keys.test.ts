import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { DecryptionError } from "../encryption/envelope.ts";
import { findGitSshKey } from "./git-ssh-key-rows.ts";
import { makeGitSshKey, openGitSshKey, withoutPrivate } from "./git-ssh-keys.ts";

test("a pair is stored with its private half sealed, for that user only", async () => {
  const { core, owner, person } = await openCommandWorld();
  const milo = await person("milo");
  await core.write((tx) => makeGitSshKey(core, tx, { userId: milo.user.id, comment: "milo's key" }));
  const row = await findGitSshKey(core.db, milo.user.id);
  if (row === undefined) throw new Error("it was made above");
  expect(Buffer.from(row.private_key).includes("OPENSSH")).toBe(false);
  expect(openGitSshKey(core, row).private_key).toContain("OPENSSH PRIVATE KEY");
  expect(row.public_key).toMatch(/ milo's key$/);
  expect(() => openGitSshKey(core, { ...row, user_id: owner.user.id })).toThrow(DecryptionError);
  expect(withoutPrivate(row)).not.toHaveProperty("private_key");
});
