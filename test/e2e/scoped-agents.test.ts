import { afterAll, beforeAll, expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { publishedLock } from "../provider/published-lock.ts";
import { agentAccess, DEMO_EXTERNAL_AUTH, manifestStatus, refusal } from "./harness/agent-calls.ts";
import { type Api, agentTokens, createTemplate, createWorkspace, expectStatus, runBuild, signUp } from "./harness/api.ts";
import { type ServerProcess, startServerProcess } from "./harness/server-process.ts";
import { templateWithAgents } from "./harness/templates.ts";

let server: ServerProcess;
let api: Api;

beforeAll(async () => {
  server = await startServerProcess({ env: DEMO_EXTERNAL_AUTH });
  api = await signUp(server.url);
});

afterAll(() => server?.[Symbol.asyncDispose]());

const ALL = { gitsshkey: 200, externalAuth: 200, gitauth: 200, manifest: "OK" };
const NO_USER_DATA = { gitsshkey: 403, externalAuth: 403, gitauth: 403, manifest: "OK" };
const DEAD = { gitsshkey: 401, externalAuth: 401, gitauth: 401, manifest: "UNAUTHENTICATED" };

test("an agent gets exactly what its api_key_scope says, for as long as its build is the latest", async () => {
  const template = await createTemplate(
    api,
    "scoped",
    templateWithAgents({ plain: "", all: 'api_key_scope = "all"', restricted: 'api_key_scope = "no_user_data"' }),
  );
  const workspace = await createWorkspace(api, "scoped", template.id);
  const first = await agentTokens(api, workspace.latest_build.id);
  expect(await agentAccess(api, first.plain)).toEqual(ALL);
  expect(await agentAccess(api, first.all)).toEqual(ALL);
  expect(await agentAccess(api, first.restricted)).toEqual(NO_USER_DATA);

  const key = await expectStatus(200, api.as(first.all).call("GET", "/workspaceagents/me/gitsshkey"));
  expect(key.public_key).toMatch(/^ssh-ed25519 /);
  expect(key.private_key).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);

  await runBuild(api, workspace.id, "stop");
  for (const token of Object.values(first)) expect(await agentAccess(api, token)).toEqual(DEAD);

  const second = await agentTokens(api, (await runBuild(api, workspace.id, "start")).id);
  expect(await agentAccess(api, second.all)).toEqual(ALL);
  expect(await agentAccess(api, second.restricted)).toEqual(NO_USER_DATA);
  for (const token of Object.values(first)) expect(await agentAccess(api, token)).toEqual(DEAD);

  // A start on top of a start replaces the tokens too.
  const third = await agentTokens(api, (await runBuild(api, workspace.id, "start")).id);
  expect(await agentAccess(api, second.all)).toEqual(DEAD);
  expect(await agentAccess(api, third.restricted)).toEqual(NO_USER_DATA);

  await runBuild(api, workspace.id, "delete");
  for (const token of Object.values(third)) expect(await agentAccess(api, token)).toEqual(DEAD);
  expect((await api.call("GET", `/workspaces/${workspace.id}`)).status).toBe(410);
});

test("an agent's token is no session: it reaches no other part of the API", async () => {
  const template = await createTemplate(api, "no-session", templateWithAgents({ main: "" }));
  const workspace = await createWorkspace(api, "no-session", template.id);
  const { main } = await agentTokens(api, workspace.latest_build.id);
  for (const path of ["/users/me", "/workspaces", `/workspaces/${workspace.id}`, "/templates"]) {
    expect((await api.as(main).call("GET", path)).status).toBe(401);
  }
});

test("a refused token learns nothing of what was wrong with it", async () => {
  const template = await createTemplate(api, "stopped", templateWithAgents({ main: "" }));
  const workspace = await createWorkspace(api, "stopped", template.id);
  const { main: stopped = "" } = await agentTokens(api, workspace.latest_build.id);
  await runBuild(api, workspace.id, "stop");
  const wrongChecksum = `${formatSecret("agent").slice(0, -6)}000000`;
  const tokens = [undefined, "garbled", wrongChecksum, formatSecret("agent"), formatSecret("session"), stopped];

  for (const path of ["gitsshkey", "external-auth?id=demo", "gitauth?match=demo.example.com"]) {
    const answers = await Promise.all(tokens.map((token) => refusal(api, token, path)));
    expect(answers[0]?.status).toBe(401);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  }
  for (const token of tokens) expect(await manifestStatus(server.url, token)).toBe("UNAUTHENTICATED");
});

test("a template with the published provider's version and lock file is imported, started and stopped as it is", async () => {
  const { "main.tf": main = "" } = templateWithAgents({ main: "" });
  const template = await createTemplate(api, "locked", {
    "main.tf": main.replace('source = "coder/coder"', 'source  = "coder/coder"\n      version = "~> 2.4"'),
    ".terraform.lock.hcl": publishedLock({ version: "2.13.1", constraints: "~> 2.4" }),
  });
  const workspace = await createWorkspace(api, "locked", template.id);
  const { main: token } = await agentTokens(api, workspace.latest_build.id);
  expect(await agentAccess(api, token)).toEqual(ALL);
  await runBuild(api, workspace.id, "stop");
});
