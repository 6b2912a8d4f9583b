import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { encodeSshKeyPair, generateSshKeyPair } from "./openssh.ts";

test("ssh-keygen reads the private half and finds the public half in it", async ({ skip }) => {
  const directory = await mkdtemp(join(tmpdir(), "proviso-ssh-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, "key");
  const pair = generateSshKeyPair("alice@example.test");
  await writeFile(path, pair.privateKey, { mode: 0o600 });
  const { stdout } = await promisify(execFile)("ssh-keygen", ["-y", "-f", path]).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") skip("ssh-keygen is not installed");
    throw error;
  });
  expect(stdout.trim()).toBe(pair.publicKey);
});

test("writes the bytes that OpenSSH's format requires", () => {
  const { publicKey, privateKey } = encodeSshKeyPair(Buffer.alloc(32, 1), Buffer.alloc(32, 2), "c", Buffer.alloc(4, 3));
  const [type, blob = "", comment] = publicKey.split(" ");
  expect([type, comment]).toEqual(["ssh-ed25519", "c"]);
  expect(Buffer.from(blob, "base64").toString("hex")).toBe(`0000000b7373682d6564323535313900000020${"02".repeat(32)}`);
  const bytes = Buffer.from(privateKey.split("\n").slice(1, -2).join(""), "base64");
  expect(bytes.subarray(0, 15).toString()).toBe("openssh-key-v1\0");
  const secrets = bytes.subarray(-136);
  expect(secrets.toString("hex")).toBe(
    [
      "0303030303030303",
      "0000000b7373682d65643235353139",
      `00000020${"02".repeat(32)}`,
      `00000040${"01".repeat(32)}${"02".repeat(32)}`,
      "0000000163",
      "01020304",
    ].join(""),
  );
});
