/** What the tests of the commands leave out: the process around them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { ADA } from "#test/cli/canned.ts";
import { type FakeApi, startFakeApi, TOKEN } from "#test/cli/fake-api.ts";

const MAIN = join(import.meta.dirname, "main.ts");

function start(api: FakeApi, args: readonly string[]) {
  const env = { PATH: process.env.PATH, HOME: "/nonexistent", CODER_URL: api.url, CODER_SESSION_TOKEN: TOKEN };
  return spawn(process.execPath, [MAIN, ...args], { env, stdio: ["pipe", "pipe", "pipe"] });
}

test("hands arguments, environment and exit code through, and does not wait for more of stdin", async () => {
  await using api = await startFakeApi({ "GET /users/ada": ADA, "DELETE /users/ada": {} });
  const [shown, missing, deleting] = [
    ["show", "ada", "-o", "json"],
    ["show", "ghost"],
    ["delete", "ada"],
  ].map((args) => start(api, ["users", ...args]));
  // Left open: only the answer to the question has come.
  deleting?.stdin.write("yes\n");
  const ends = [shown, missing, deleting].map(async (child) => {
    if (child === undefined) throw new Error("three were started");
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    return { code, stdout, stderr };
  });
  expect(await Promise.all(ends)).toMatchObject([
    { code: 0, stdout: `${JSON.stringify([ADA], undefined, 2)}\n`, stderr: "" },
    { code: 1, stdout: "", stderr: expect.stringMatching(/^error: .*"ghost"/) },
    { code: 0, stderr: "" },
  ]);
  expect(api.changes()).toEqual([["DELETE /users/ada", undefined]]);
});

test("is silent when whoever reads its output has seen enough", async () => {
  const users = Array.from({ length: 5_000 }, () => ADA);
  await using api = await startFakeApi({ "GET /users": { users, count: users.length } });
  const child = start(api, ["users", "list", "-o", "json"]);
  child.stdout.once("data", () => child.stdout.destroy());
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});
