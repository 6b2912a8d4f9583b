/** What a template and its user put into a workspace, looked for in every answer that describes it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { addPerson, mintToken, type Person } from "#test/server/people.ts";
import { type PlayedDaemon, playDaemon } from "#test/server/played-daemon.ts";
import { makeTemplate } from "#test/server/scenario.ts";
import { call, openServerWorld, type ServerWorld } from "#test/server/server-world.ts";
import { unusedRoutes } from "../features.ts";
import { describeRoutes } from "../http/described-routes.ts";

const ENVIRONMENT = "the value of a variable";
const SCRIPT = "echo the text of a script";
const COMMAND = "psql the-command-of-an-app";
const PARAMETER = "the value of a parameter";
const METADATA = "sensitive metadata";

let world: ServerWorld;
let daemon: PlayedDaemon;
let owner: Person;
let templateAdmin: Person;
/** Paths of every GET that can be about the workspace or its template. */
let paths: readonly string[];
let workspaceId: string;

beforeAll(async () => {
  world = await openServerWorld();
  daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  owner = await addPerson(world, { username: "milo" });
  templateAdmin = await addPerson(world, { username: "tara", roles: ["template-admin"] });
  const agents = [
    {
      id: "11111111-1111-4111-8111-111111111111",
      name: "main",
      operatingSystem: "linux",
      architecture: "amd64",
      env: { SECRET: ENVIRONMENT },
      scripts: [{ displayName: "Start", script: SCRIPT, runOnStart: true }],
      apps: [{ slug: "sql", displayName: "SQL", command: COMMAND }],
    },
  ];
  const resource = { name: "dev", type: "null_resource", metadata: [{ key: "m", value: METADATA, sensitive: true }], agents };
  const template = await makeTemplate(world, daemon, {
    name: "main",
    found: { richParameters: [{ name: "p", type: "string", mutable: true, defaultValue: "" }], startResources: [resource] },
  });
  const created = await owner.call("POST", "/api/v2/users/me/workspaces", {
    name: "w",
    template_id: template.id,
    rich_parameter_values: [{ name: "p", value: PARAMETER }],
  });
  expect(created.status).toBe(201);
  workspaceId = created.json.id;
  const build = async () => {
    const job = await daemon.acquire();
    await daemon.complete({
      jobId: job.jobId,
      type: { case: "workspaceBuild", value: { state: Buffer.from("{}"), resources: [resource] } },
    });
  };
  await build();
  await owner.call("POST", `/api/v2/workspaces/${workspaceId}/builds`, { transition: "start" });
  await build();
  paths = await pathsAbout(template.id);
});
afterAll(async () => {
  daemon[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
});

/** Whatever a path can name, filled in with everything that there is of it. */
async function pathsAbout(templateId: string): Promise<string[]> {
  const workspace = (await world.call("GET", `/api/v2/workspaces/${workspaceId}`)).json;
  const builds = (await world.call("GET", `/api/v2/workspaces/${workspaceId}/builds`)).json;
  expect(builds).toHaveLength(2);
  const things: Readonly<Record<string, readonly string[]>> = {
    user: ["milo"],
    organization: ["default"],
    template: [templateId],
    workspace: [workspaceId],
    name: ["main", "w"],
    number: ["1", "2"],
    version: ["main"],
    job: builds.map(({ job }: { job: { id: string } }) => job.id),
    agent: workspace.latest_build.resources.flatMap(({ agents }: { agents: { id: string }[] }) => agents.map(({ id }) => id)),
    id: [...builds.map(({ id }: { id: string }) => id), workspace.latest_build.template_version_id],
  };
  const routes = await describeRoutes(unusedRoutes());
  return routes.flatMap(({ method, path, audience }) => {
    if (method !== "GET" || audience !== "users" || path.endsWith("/state")) return [];
    const filled = [...path.matchAll(/\{(\w+)\}/g)].reduce(
      (found, [parameter, name = ""]) => found.flatMap((one) => (things[name] ?? []).map((id) => one.replace(parameter, id))),
      [path],
    );
    return filled;
  });
}

/** Which of the values a credential finds anywhere. */
async function found(token: string): Promise<string[]> {
  const seen = new Set<string>();
  let answered = 0;
  for (const path of paths) {
    const { status, text } = await call(world.url, "GET", path, undefined, { "Coder-Session-Token": token });
    if (status === 200) answered++;
    for (const value of [ENVIRONMENT, SCRIPT, COMMAND, PARAMETER, METADATA]) if (text.includes(value)) seen.add(value);
  }
  expect(answered, "some answers").toBeGreaterThan(3);
  return [...seen].toSorted();
}

const ALL = [ENVIRONMENT, SCRIPT, COMMAND, PARAMETER].toSorted();
const INSIDE = [ENVIRONMENT, SCRIPT, COMMAND].toSorted();

test("the owner sees all values, with a session and with a token that may do everything", async () => {
  expect(paths.length).toBeGreaterThan(25);
  expect(await found(owner.sessionToken)).toEqual(ALL);
  expect(await found(await mintToken(owner))).toEqual(ALL);
});

for (const { scopes, shows } of [
  { scopes: ["workspace:read", "template:read", "user:read", "organization:read"], shows: [] },
  { scopes: ["workspace:read", "workspace:start", "workspace:stop", "workspace:application_connect"], shows: [] },
  { scopes: ["workspace:read", "workspace:ssh"], shows: INSIDE },
  { scopes: ["coder:workspaces.access"], shows: INSIDE },
  { scopes: ["workspace:read", "workspace:update"], shows: [PARAMETER] },
  { scopes: ["coder:workspaces.operate"], shows: [PARAMETER] },
  { scopes: ["workspace:*"], shows: ALL },
])
  test(`a token of the owner with ${scopes.join(", ")} finds ${shows.length} of them`, async () => {
    expect(await found(await mintToken(owner, { scopes }))).toEqual(shows);
  });

test("whoever may change a template sees what its own import found, and nothing of workspaces that they may only look at", async () => {
  expect(await found(templateAdmin.sessionToken)).toEqual(INSIDE);
  const about = await templateAdmin.call("GET", `/api/v2/workspaces/${workspaceId}`);
  expect(about.status).toBe(200);
  for (const value of ALL) expect(about.text).not.toContain(value);
});

test("names stay, so that the form of an answer is the same for everybody", async () => {
  const token = await mintToken(owner, { scopes: ["workspace:read"] });
  const { json } = await call(world.url, "GET", `/api/v2/workspaces/${workspaceId}`, undefined, { "Coder-Session-Token": token });
  const [agent] = json.latest_build.resources.flatMap(({ agents }: { agents: unknown[] }) => agents);
  expect(agent.environment_variables).toEqual({ SECRET: "" });
  expect(agent.scripts).toMatchObject([{ display_name: "Start", script: "" }]);
});

test("a refusal of parameters says what is missing, and a stranger finds nothing", async () => {
  const path = `/api/v2/workspacebuilds/${(await world.call("GET", `/api/v2/workspaces/${workspaceId}`)).json.latest_build.id}/parameters`;
  const token = await mintToken(owner, { scopes: ["workspace:read"] });
  const refused = await call(world.url, "GET", path, undefined, { "Coder-Session-Token": token });
  expect([refused.status, refused.json.detail]).toEqual([403, expect.stringContaining("needs `workspace:update`")]);
  const stranger = await addPerson(world, { username: "mona" });
  expect((await stranger.call("GET", path)).status).toBe(404);
});
