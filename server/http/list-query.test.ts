import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addPerson } from "#test/server/people.ts";
import { type PlayedDaemon, playDaemon } from "#test/server/played-daemon.ts";
import { makeTemplate, startWorkspace } from "#test/server/scenario.ts";
import { openServerWorld, type ServerWorld } from "#test/server/server-world.ts";
import { unusedRoutes } from "../features.ts";
import { describeRoutes } from "./described-routes.ts";
import { isList, parametersOf } from "./list-query.ts";

let world: ServerWorld;
let daemon: PlayedDaemon;
/** Every list, with its path filled in. */
let lists: readonly { readonly path: string; readonly parameters: readonly string[] }[];

beforeAll(async () => {
  world = await openServerWorld();
  daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  const template = await makeTemplate(world, daemon, { name: "main" });
  const { workspace } = await startWorkspace(world, daemon, template);
  const [agent] = workspace.latest_build.resources.flatMap(({ agents }) => agents ?? []);
  await addPerson(world, { username: "milo" });
  const ids: readonly [string, string][] = [
    ["/templateversions/{id}", `/templateversions/${template.active_version_id}`],
    ["/workspacebuilds/{id}", `/workspacebuilds/${workspace.latest_build.id}`],
    ["{user}", "ann"],
    ["{organization}", "default"],
    ["{template}", template.id],
    ["{workspace}", workspace.id],
    ["{agent}", agent?.id ?? ""],
  ];
  const routes = (await describeRoutes(unusedRoutes())).filter(
    ({ method, audience, schema }) => method === "GET" && audience === "users" && isList(schema),
  );
  lists = routes.map(({ path, schema }) => ({
    path: ids.reduce((filled, [what, id]) => filled.replace(what, id), path),
    parameters: parametersOf(schema),
  }));
});
afterAll(async () => {
  daemon[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
});

test("every list answers as it is, and refuses a parameter that it does not have", async () => {
  expect(lists.length).toBeGreaterThan(24);
  for (const { path, parameters } of lists) {
    expect(path).not.toContain("{");
    expect((await world.call("GET", path)).status, path).toBe(200);
    for (const name of ["owner_", "constructor", "__proto__", "Q", ...parameters.map((one) => `${one}x`)]) {
      const { status, json } = await world.call("GET", `${path}?${name}=nobody`);
      expect([path, status, json.message]).toEqual([path, 400, "Query parameters have invalid values."]);
      expect(json.validations).toEqual([{ field: name, detail: expect.stringMatching(/^This list has no /) }]);
    }
  }
});

test("a credential in a list's address is ignored, as ever", async () => {
  for (const { path } of lists) expect((await world.call("GET", `${path}?access_token=x&coder_session_token=y`)).status, path).toBe(200);
});

describe("a refusal", () => {
  const detail = async (query: string) => (await world.call("GET", `/api/v2/${query}`)).json.validations[0].detail;

  test("names the nearest parameter that there is, and where filters go", async () => {
    expect(await detail("workspaces?ofset=1")).toBe(
      "This list has no such parameter: the nearest is offset. Filters go into q, as in q=name:value.",
    );
    expect(await detail("workspaces?owner=nobody")).toMatch(
      /^This list has no such parameter: it has q, limit, offset\. Filters go into q/,
    );
    expect(await detail("users/me/keys/tokens?include-all=1")).toBe("This list has no such parameter: the nearest is include_all.");
    expect(await detail("organizations?x")).toBe("This list has no parameters.");
  });

  test("comes after the credential was checked", async () => {
    const answer = await fetch(`${world.url}/api/v2/workspaces?owner=x`);
    expect(answer.status).toBe(401);
  });
});

test.each([
  "workspaces?q=owner:me&limit=25&offset=0",
  "users?q=github_com_user_id:1&limit=1",
  "templates?q=exact_name:main",
  "audit?q=&limit=25&offset=0",
  "users/me/keys/tokens?include_all=false&include_expired=false",
  "organizations/default/provisionerdaemons?ids=&tags=&status=&limit=50",
  "organizations/default/templates?deprecated=false",
])("what stock clients send is taken: %s", async (query) => {
  const { status, text } = await world.call("GET", `/api/v2/${query}`);
  expect(status, text).toBe(200);
});

test("a filter that this server cannot apply is refused, not ignored", async () => {
  expect(
    (await world.call("GET", "/api/v2/organizations/default/provisionerdaemons?ids=4b7e5c2a-0000-4000-8000-000000000000")).status,
  ).toBe(400);
});

test("other routes ignore what they do not know", async () => {
  expect((await world.call("GET", "/api/v2/users/me?x=1")).status).toBe(200);
});
