/** Gives an owner known secrets, and looks for them everywhere that narrow credentials, agents and other users of the machine can look. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { manifestText } from "#test/e2e/harness/agent-calls.ts";
import { type Api, createApi, createTemplate, eventually, expectStatus, FIRST_USER, succeeded } from "#test/e2e/harness/api.ts";
import { type ChildProcess, watchChildren } from "#test/e2e/harness/child-processes.ts";
import { startPostgres, type TestPostgres } from "#test/postgres.ts";
import { type Confession, type Confessor, confessingTemplate, startConfessor } from "./confessions.ts";
import { crawl, type Known } from "./crawl.ts";
import { EXTERNAL_TOKENS, startDeployment } from "./deployment.ts";
import { type Canary, canariesIn } from "./forms.ts";
import { storedRows } from "./stored-rows.ts";

const VARIABLE = "canary-value-of-a-sensitive-variable";
const PARAMETER = "canary-value-of-a-parameter";
const ENVIRONMENT_VALUE = "canary-value-of-an-agents-environment";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.[Symbol.asyncDispose]());

test.for(["SQLite", "PostgreSQL"])(
  "nothing hands out an owner's secrets, and nothing keeps them readable: %s",
  { timeout: 240_000 },
  async (kind) => {
    const databaseUrl = kind === "PostgreSQL" ? await postgres.createDatabase() : undefined;
    await using confessor = await startConfessor();
    await using deployment = await startDeployment(databaseUrl);
    const { server, dataDirectory } = deployment;
    const session = await signIn(server.url);

    // What an owner's own build gets, so that it is known what to look for.
    const confessing = confessingTemplate(confessor.url, { wait: 1 });
    const { id: template } = await createTemplate(session, "honest", confessing, {
      variables: [{ name: "cloud_secret", value: VARIABLE }],
    });
    const { confession, workspace, children } = await build(session, confessor, server.pid, { name: "rich", template });
    expect(confession).toMatchObject({ external_auth: EXTERNAL_TOKENS.access, ssh_private_key: expect.stringContaining("PRIVATE KEY") });
    const { key: wideToken } = await expectStatus(201, session.call("POST", "/users/me/keys/tokens", { token_name: "wide" }));
    const { key: daemonKey } = await expectStatus(
      201,
      session.call("POST", `/organizations/${session.organizationId}/provisionerkeys`, { name: "far" }),
    );
    const stored: readonly Canary[] = [
      { name: "password", text: FIRST_USER.password },
      { name: "session", text: session.token },
      { name: "token", text: wideToken },
      { name: "build's session token", text: confession.session_token },
      { name: "Git SSH key", text: confession.ssh_private_key.split("\n")[3] ?? "" },
      { name: "external-auth access token", text: EXTERNAL_TOKENS.access },
      { name: "external-auth refresh token", text: EXTERNAL_TOKENS.refresh },
      { name: "token of agent free", text: confession.agents.free ?? "" },
      { name: "token of agent restricted", text: confession.agents.restricted ?? "" },
      { name: "provisioner key", text: daemonKey },
      { name: "encryption key", text: (await readFile(join(dataDirectory, "encryption.key"), "utf8")).trim() },
      { name: "sensitive variable", text: VARIABLE },
      ...(databaseUrl === undefined ? [] : [{ name: "database's address", text: databaseUrl }]),
    ];
    for (const { name, text } of stored) expect([name, text.length]).toEqual([name, expect.toSatisfy((length) => length >= 12)]);
    // These are kept as they are, and handed to whoever may have them.
    const shown: readonly Canary[] = [
      { name: "value of a parameter", text: PARAMETER },
      { name: "value of an agent's environment", text: ENVIRONMENT_VALUE },
    ];
    const canaries = [...stored, ...shown];

    const narrow = async (token_name: string, scopes: readonly string[]): Promise<string> =>
      (await expectStatus(201, session.call("POST", "/users/me/keys/tokens", { token_name, scopes }))).key;
    const reader = await narrow("reader", READER_SCOPES);
    const starter = await narrow("starter", ["coder:templates.author", "coder:workspaces.create"]);

    // A build that a narrow token starts, of a template that it wrote.
    const asStarter = { ...session, ...createApi(server.url, starter, session.organizationId), token: starter };
    const hostile = await createTemplate(asStarter, "hostile", confessing, { variables: [] });
    const poor = await build(asStarter, confessor, server.pid, { name: "poor", template: hostile.id });
    expect(canariesIn(JSON.stringify(poor.confession), canaries)).toEqual([]);
    expect(poor.confession).toMatchObject({ ssh_private_key: "", external_auth: "" });

    const known = await everything(session, [workspace, poor.workspace]);
    const leaks: string[] = [];
    const look = (where: string, found: string | Uint8Array, what: readonly Canary[]): void => {
      for (const name of canariesIn(found, what)) leaks.push(`${name} in ${where}`);
    };
    const asked = {
      reader: { token: reader, agent: undefined },
      "agent restricted of the owner's build": { token: confession.agents.restricted ?? "", agent: "restricted" },
      "agent free of the token's build": { token: poor.confession.agents.free ?? "", agent: "free" },
      "agent restricted of the token's build": { token: poor.confession.agents.restricted ?? "", agent: "restricted" },
    };
    for (const [who, { token, agent }] of Object.entries(asked)) {
      const answers = await crawl(server, token, known);
      expect([who, answers.filter(({ status }) => status < 300).length]).toEqual([
        who,
        expect.toSatisfy((count) => count > (agent ? 3 : 40)),
      ]);
      // An agent's own environment is what its template gives it.
      const what = canaries.filter(({ text }) => text !== token && (agent === undefined || text !== ENVIRONMENT_VALUE));
      for (const { path, text } of answers) look(`${path} for the ${who}`, text, what);
      if (agent !== undefined) look(`the manifest of the ${who}`, await manifestText(server.url, token), what);
    }
    // Not even an owner finds in a state what the provider puts in anew.
    for (const id of known.builds) {
      const state = await expectStatus(200, session.call("GET", `/workspacebuilds/${id}/state`));
      expect(state.resources.length).toBeGreaterThan(0);
      look("a stored state", JSON.stringify(state), stored);
    }

    const environment = await readFile(`/proc/${server.pid}/environ`);
    look("the server's environment", environment, stored);
    await server.stop();
    look("the log", server.stderr(), canaries);
    const rows = await storedRows(databaseUrl === undefined ? { sqlite: join(dataDirectory, "proviso.db") } : { postgres: databaseUrl });
    expect(rows.length).toBeGreaterThan(50);
    for (const { table, bytes } of rows) look(`a row of ${table}`, bytes, stored);
    for (const [path, bytes] of await filesBelow(dataDirectory))
      if (!path.endsWith("encryption.key")) look(`the file ${path}`, bytes, stored);
    for (const { command, environment } of [...children, ...poor.children]) {
      look(`the command line ${command}`, command, canaries);
      // What the template itself puts into its program's environment is its own affair.
      if (!environment.includes("\0FOUND=") && !environment.startsWith("FOUND="))
        look(`the environment of ${command}`, environment, canaries);
    }
    expect([...new Set(leaks)]).toEqual([]);
  },
);

const READER_SCOPES = ["coder:templates.author", "workspace:read", "user:read", "organization:read", "api_key:read", "audit_log:read"];

interface Session extends Api {
  readonly token: string;
}

async function signIn(url: string): Promise<Session> {
  const { email, password } = FIRST_USER;
  const { session_token: token } = await expectStatus(201, createApi(url, undefined).call("POST", "/users/login", { email, password }));
  const [organization] = await expectStatus(200, createApi(url, token).call("GET", "/organizations"));
  return { ...createApi(url, token, organization.id), token };
}

interface Built {
  readonly confession: Confession;
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is what the test is about
  readonly workspace: any;
  readonly children: readonly ChildProcess[];
}

/** Creates a workspace, watches the processes of its build, and waits for what its template has to say. */
async function build(
  api: Api,
  confessor: Confessor,
  serverPid: number,
  { name, template }: { readonly name: string; readonly template: string },
): Promise<Built> {
  const stop = new AbortController();
  const watching = watchChildren(serverPid, stop.signal);
  const rich_parameter_values = [
    { name: "database_password", value: PARAMETER },
    { name: "service_key", value: ENVIRONMENT_VALUE },
  ];
  const workspace = await expectStatus(
    201,
    api.call("POST", "/users/me/workspaces", { name, template_id: template, rich_parameter_values }),
  );
  const latest_build = await succeeded(api, workspace.latest_build.id).finally(() => stop.abort());
  const children = [...(await watching).values()];
  expect(children.some(({ command }) => command.includes("terraform\0apply"))).toBe(true);
  const confession = await eventually(async () => confessor.of(name).at(-1));
  return { confession, workspace: { ...workspace, latest_build }, children };
}

/** Names and IDs of all that there is. */
// biome-ignore lint/suspicious/noExplicitAny: as above
async function everything(session: Session, workspaces: readonly any[]): Promise<Known> {
  const [organization] = await expectStatus(200, session.call("GET", "/organizations"));
  const templates = await expectStatus(200, session.call("GET", "/templates"));
  const me = await expectStatus(200, session.call("GET", "/users/me"));
  const tokens = await expectStatus(200, session.call("GET", "/users/me/keys/tokens?include_all=true"));
  const versions = await Promise.all(
    // biome-ignore lint/suspicious/noExplicitAny: as above
    templates.map(({ id }: any) => expectStatus(200, session.call("GET", `/templates/${id}/versions`))),
  );
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const agents = workspaces.flatMap(({ latest_build }) => latest_build.resources.flatMap((resource: any) => resource.agents ?? []));
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const ids = (all: readonly any[]): string[] => all.map(({ id }) => id);
  return {
    organizations: [organization.id],
    users: ["me", me.id],
    templates: [...ids(templates), "honest", "hostile"],
    versions: ids(versions.flat()),
    workspaces: [...ids(workspaces), "rich", "poor"],
    builds: workspaces.map(({ latest_build }) => latest_build.id),
    agents: ids(agents),
    jobs: [...workspaces.map(({ latest_build }) => latest_build.job.id), ...versions.flat().map(({ job }) => job.id)],
    files: versions.flat().map(({ job }) => job.file_id),
    keys: [...ids(tokens), ...tokens.map(({ token_name }: { token_name: string }) => token_name)],
  };
}

async function filesBelow(directory: string): Promise<readonly (readonly [string, Buffer])[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(paths.map(async (path) => [path, await readFile(path)] as const));
}
