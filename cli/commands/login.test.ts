import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { ADA } from "#test/cli/canned.ts";
import { refuse, startFakeApi } from "#test/cli/fake-api.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "proviso-login-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const kept = () => Promise.all(["url", "session"].map((name) => readFile(join(folder, name), "utf8").catch(() => undefined)));
/** No session yet: an empty variable is none. */
const loggedOut = (env: Record<string, string> = {}) => ({
  env: { CODER_CONFIG_DIR: folder, CODER_SESSION_TOKEN: "", CODER_URL: "", ...env },
});

const LOGIN = "POST /users/login";
const SET_UP = { "GET /users/first": {}, "GET /users/me": ADA, [LOGIN]: { session_token: "opened" } };
const CREDENTIALS = { email: "ada@example.com", password: "correct horse" };

test("logs in with a password and remembers where", async () => {
  await using api = await startFakeApi(SET_UP);
  const run = await api.run(["login", `${api.url}/`, "--email", CREDENTIALS.email], loggedOut({ PROVISO_PASSWORD: CREDENTIALS.password }));
  expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining("ada"), stderr: "" });
  expect(api.changes()).toEqual([[LOGIN, CREDENTIALS]]);
  expect(await kept()).toEqual([api.url, "opened"]);
});

test("keeps nothing after a wrong password, and does not tell to log in", async () => {
  await using api = await startFakeApi({ ...SET_UP, [LOGIN]: refuse(401, "Incorrect email or password.") });
  const { code, stderr } = await api.run(["login", api.url], { ...loggedOut(), input: "ada@example.com\nwrong\n" });
  expect({ code, stderr }).toEqual({ code: 1, stderr: "error: Incorrect email or password.\n" });
  expect(await kept()).toEqual([undefined, undefined]);
});

test("makes the first user of a new server, and logs in as that one", async () => {
  await using api = await startFakeApi({ ...SET_UP, "GET /users/first": refuse(404, "None."), "POST /users/first": {} });
  const env = {
    CODER_FIRST_USER_USERNAME: "ada",
    CODER_FIRST_USER_EMAIL: CREDENTIALS.email,
    CODER_FIRST_USER_PASSWORD: CREDENTIALS.password,
  };
  expect((await api.run(["login", api.url], loggedOut(env))).code).toBe(0);
  const first = { username: "ada", name: "", ...CREDENTIALS, trial: false };
  expect(api.changes()).toEqual([
    ["POST /users/first", first],
    [LOGIN, CREDENTIALS],
  ]);
});

test("asks nobody for the first user where nobody can answer", async () => {
  await using api = await startFakeApi({ "GET /users/first": refuse(404, "None.") });
  const { code, stderr } = await api.run(["login", api.url], loggedOut());
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error: .*--first-user/) });
});

for (const { what, token, args, session } of [
  { what: "opens a session of its own with another's", token: "somebody's session", args: [], session: "exchanged" },
  {
    what: "keeps the session itself when told so",
    token: "somebody's session",
    args: ["--use-token-as-session"],
    session: "somebody's session",
  },
  { what: "keeps an API token, which opens none", token: `aB3dE5gH7j-${formatSecret("token")}`, args: [], session: undefined },
]) {
  test(`with a token it ${what}`, async () => {
    await using api = await startFakeApi({ ...SET_UP, "POST /users/me/keys": { key: "exchanged" } });
    expect((await api.run(["login", api.url, ...args], loggedOut({ CODER_SESSION_TOKEN: token }))).code).toBe(0);
    expect(await kept()).toEqual([api.url, session ?? token]);
  });
}

test("keeps no token that the server does not take", async () => {
  await using api = await startFakeApi({ ...SET_UP, "GET /users/me": refuse(401, "No.") });
  const { code, stderr } = await api.run(["login", api.url], loggedOut({ CODER_SESSION_TOKEN: "made up" }));
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(api.url) });
  expect(await kept()).toEqual([undefined, undefined]);
});

for (const url of ["ftp://example.com", "http://", "what is this"]) {
  test(`refuses ${url} for an address`, async () => {
    await using api = await startFakeApi({});
    expect(await api.run(["login", url], loggedOut())).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/^error: /) });
  });
}
