import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { type FakeApi, refuse, startFakeApi } from "#test/cli/fake-api.ts";

const LOGOUT = "POST /users/logout";
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "proviso-logout-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function logOut(api: FakeApi, session: string, { args = ["-y"], input = "" } = {}) {
  await writeFile(join(folder, "session"), session);
  await writeFile(join(folder, "url"), api.url);
  return api.run(["logout", ...args], { env: { CODER_CONFIG_DIR: folder, CODER_SESSION_TOKEN: "", CODER_URL: "" }, input });
}

for (const { what, answer } of [
  { what: "ends the session on the server and forgets it", answer: {} },
  { what: "forgets a session that has ended already", answer: refuse(401, "It has ended.") },
]) {
  test(what, async () => {
    await using api = await startFakeApi({ [LOGOUT]: answer });
    expect(await logOut(api, "a session")).toMatchObject({ code: 0, stdout: expect.stringContaining(api.url), stderr: "" });
    expect(api.asked).toMatchObject([{ request: LOGOUT, token: "a session" }]);
    expect(await readdir(folder)).toEqual([]);
  });
}

test("forgets the session even if the server cannot end it, and says so", async () => {
  await using api = await startFakeApi({ [LOGOUT]: refuse(503, "Busy.") });
  expect(await logOut(api, "a session")).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/^error: /) });
  expect(await readdir(folder)).toEqual([]);
});

test("ends no API token, and says how to", async () => {
  await using api = await startFakeApi({});
  const { code, stdout } = await logOut(api, `aB3dE5gH7j-${formatSecret("token")}`);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("`proviso tokens remove aB3dE5gH7j`") });
  expect(api.asked).toEqual([]);
});

test("keeps everything after a no", async () => {
  await using api = await startFakeApi({});
  expect(await logOut(api, "a session", { args: [], input: "no\n" })).toMatchObject({ code: 1, stderr: "" });
  expect((await readdir(folder)).toSorted()).toEqual(["session", "url"]);
});

test("fails for whoever is not logged in", async () => {
  await using api = await startFakeApi({});
  const run = await api.run(["logout", "-y"], { env: { CODER_CONFIG_DIR: folder, CODER_SESSION_TOKEN: "" } });
  expect(run).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/^error: /) });
});
