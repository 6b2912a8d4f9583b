import { copyFile, mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPostgres, type TestPostgres } from "#test/postgres.ts";
import { agentAccess } from "./harness/agent-calls.ts";
import { agentTokens, createTemplate, createWorkspace, expectStatus, runBuild, signUp } from "./harness/api.ts";
import { startServerProcess } from "./harness/server-process.ts";
import { templateWithAgents } from "./harness/templates.ts";

let postgres: TestPostgres;

beforeAll(async () => {
  postgres = await startPostgres();
});

afterAll(() => postgres?.[Symbol.asyncDispose]());

test("two servers on one PostgreSQL are one deployment: what one has built the other one knows, and it outlives both", async () => {
  const env = { CODER_PG_CONNECTION_URL: await postgres.createDatabase() };
  await using first = await startServerProcess({ env, args: ["--provisioner-daemons", "1"] });
  const api = await signUp(first.url);
  const template = await createTemplate(api, "shared", templateWithAgents({ free: "", restricted: 'api_key_scope = "no_user_data"' }));
  const workspace = await createWorkspace(api, "shared", template.id);
  const tokens = await agentTokens(api, workspace.latest_build.id);

  // The second one needs the first one's encryption key, in a data directory of its own.
  await using directory = await mkdtempDisposable(join(tmpdir(), "proviso-e2e-"));
  await copyFile(join(first.dataDirectory, "encryption.key"), join(directory.path, "encryption.key"));
  await using second = await startServerProcess({ env, args: ["--provisioner-daemons", "0"], dataDirectory: directory.path });
  const other = api.at(second.url);
  expect(await agentAccess(other, tokens.free)).toMatchObject({ gitsshkey: 200, manifest: "OK" });
  expect(await agentAccess(other, tokens.restricted)).toMatchObject({ gitsshkey: 403, manifest: "OK" });

  // Asked of the second, built by the first one's daemon.
  await runBuild(other, workspace.id, "stop");
  expect(await agentAccess(api, tokens.free)).toMatchObject({ gitsshkey: 401, manifest: "UNAUTHENTICATED" });

  await first.stop("SIGKILL");
  expect((await expectStatus(200, other.call("GET", `/workspaces/${workspace.id}`))).latest_build.status).toBe("stopped");
});
