import { spawnSync } from "node:child_process";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generateGitSshKey } from "./git-ssh-key.ts";

const hasSshKeygen = spawnSync("ssh-keygen", ["-?"]).error === undefined;

test("makes a new pair each time, in OpenSSH's forms", async () => {
  const [first, second] = await Promise.all([generateGitSshKey(), generateGitSshKey()]);
  expect(first.publicKey).toMatch(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}\n$/);
  expect(first.privateKey).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n([A-Za-z0-9+/=]{1,70}\n)+-----END OPENSSH PRIVATE KEY-----\n$/);
  expect(first.publicKey).not.toBe(second.publicKey);
});

test.runIf(hasSshKeygen)("ssh-keygen reads the private half and finds the public one in it", async () => {
  const pair = await generateGitSshKey();
  await using directory = await mkdtempDisposable(join(tmpdir(), "git-ssh-key-"));
  const file = join(directory.path, "id");
  await writeFile(file, pair.privateKey, { mode: 0o600 });
  const { stdout, stderr } = spawnSync("ssh-keygen", ["-y", "-f", file], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(stdout.trim()).toBe(pair.publicKey.trim());
});
