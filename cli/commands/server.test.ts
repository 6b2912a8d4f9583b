import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runCli } from "#test/cli/run-cli.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "proviso-server-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

for (const { args, env, says } of [
  { args: ["--database", "mysql://root:hunter2@db/x"], says: /^error: .*postgres:\/\// },
  { args: ["--postgres-url", "hunter2"], says: /^error: .*postgres:\/\// },
  { args: ["--provisioner-daemons=-1"], says: /at least 0/ },
  { args: ["--provisioner-job-lease", "4s"], says: /at least 5s/ },
  { args: ["--max-token-lifetime", "forever"], says: /duration/ },
  { args: ["--log-format", "xml"], says: /human, json/ },
  { args: [], env: { CODER_DEFAULT_TOKEN_LIFETIME: "0s" }, says: /CODER_DEFAULT_TOKEN_LIFETIME.*at least 1s/ },
  { args: [], env: { CODER_EXTERNAL_AUTH_0_TYPE: "github" }, says: /^error: .*CODER_EXTERNAL_AUTH_0_CLIENT_ID/ },
]) {
  test(`does not start with ${args.join(" ") || Object.entries(env ?? {}).join()}, and leaves nothing behind`, async () => {
    const { code, stdout, stderr } = await runCli(["server", "--data-dir", join(folder, "data"), ...args], { env: env ?? {} });
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: "", stderr: expect.stringMatching(says) });
    expect(stderr).not.toContain("hunter2");
    expect(await readdir(folder)).toEqual([]);
  });
}

for (const { what, path, says } of [
  { what: "its data", path: "data", says: "The data folder" },
  { what: "what its daemons need", path: "data/provisioner", says: "The folder of the built-in daemons" },
  { what: "what a daemon needs", path: "data/provisioner/1", says: "The folder of a built-in daemon" },
]) {
  test(`fails in one sentence where ${what} cannot be kept`, async () => {
    await mkdir(dirname(join(folder, path)), { recursive: true, mode: 0o700 });
    await writeFile(join(folder, path), "a file");
    const started = await runCli(["server", "--data-dir", join(folder, "data"), "--http-address", "127.0.0.1:0"], {
      env: { PATH: process.env.PATH ?? "" },
    });
    const sentence = `error: ${says} ${join(folder, path)} cannot be used because a file is in its place: move the file away, then start again.`;
    expect({ code: started.code, stdout: started.stdout }).toEqual({ code: 1, stdout: "" });
    expect(started.stderr.split("\n").filter((line) => !/^(warning|\d)/.test(line))).toEqual([sentence, ""]);
  });
}
