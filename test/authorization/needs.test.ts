/** What the routes state that they need, held against what they make the store ask. */
import pino from "pino";
import { beforeAll, expect, test } from "vitest";
import { accessTo } from "#server/access/access.ts";
import { describedRoutes, routesOf } from "#server/features.ts";
import { createApp } from "#server/http/app.ts";
import type { DescribedRoute } from "#server/http/described-routes.ts";
import type { App } from "#server/http/fastify-app.ts";
import { parseNeed } from "#server/http/needs.ts";
import { DEFAULT_TOKEN_LIFETIMES } from "#server/tokens/lifetimes.ts";
import { serveDaemons } from "../contracts/daemon.ts";
import { newSqlite } from "../contracts/databases.ts";
import { build, complete, machine, makeTemplate, pushVersion, tokenAgent } from "../contracts/template.ts";
import { OWNER_PASSWORD, openWorld, type World } from "../contracts/world.ts";
import { tarOf } from "../server/server-world.ts";

let routes: readonly DescribedRoute[];
beforeAll(async () => {
  routes = await describedRoutes();
});

test("every route makes the store ask what it states, and nothing else", async () => {
  const world = await openWorld(newSqlite);
  const daemon = (await serveDaemons(world)).daemon();
  const template = await makeTemplate(world, daemon);
  const { id: workspaceId } = (
    await world.asOwner.workspaces.create({ ownerId: world.owner.id, templateId: template.id, name: "w", parameters: [] })
  ).workspace;
  await complete(daemon, { state: "{}", resources: [machine(tokenAgent("main"))] });
  const first = await world.asOwner.builds.getLatest(workspaceId);
  const [resource] = await world.asOwner.resources.ofJob(first.job.id);
  const agentId = resource?.agents[0]?.id ?? "";
  const { user: bob } = await world.member("bob");
  await world.member("eve");

  const asked: string[] = [];
  await using app = await openApp(world, asked);
  const login = await app.inject({
    method: "POST",
    url: "/api/v2/users/login",
    payload: { email: world.owner.email, password: OWNER_PASSWORD },
  });
  const headers = { "coder-session-token": login.json().session_token };

  const failed: string[] = [];
  const unstated: string[] = [];
  const unasked = new Map<string, Set<string>>();
  const seen = new Set<string>();
  /** One request, which succeeds. @param route as the table names it @returns the answer's body */
  const call = async (route: string, values: Record<string, string> = {}, payload?: object | Buffer, more: Record<string, string> = {}) => {
    const described = routes.find(({ method, path }) => `${method} ${path}` === route);
    if (described === undefined) throw new Error(`there is no route ${route}`);
    const url = described.path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? `no-${name}`) + (values.query ?? "");
    asked.length = 0;
    const answer = await app.inject({
      method: described.method as "GET",
      url,
      headers: { ...headers, ...more },
      ...(payload !== undefined && { payload }),
    });
    if (answer.statusCode >= 400) failed.push(`${route}: ${answer.statusCode} ${answer.body}`);
    const stated = (described.needs ?? []).map(parseNeed);
    for (const permission of asked)
      if (!stated.some((need) => need.permission === permission)) unstated.push(`${route} asks ${permission}`);
    const missing = stated
      .filter(({ permission, condition }) => condition === undefined && !asked.includes(permission))
      .map(({ permission }) => permission);
    // Of several requests, one that asks for it is enough: a list may be empty.
    const before = unasked.get(route);
    unasked.set(route, new Set(before === undefined ? missing : missing.filter((permission) => before.has(permission))));
    seen.add(route);
    return answer.headers["content-type"]?.toString().includes("json") ? answer.json() : undefined;
  };

  const organization = "default";
  const user = "bob";
  const api = (route: string): string => route.replace(" /", " /api/v2/");
  const get = (path: string, values: Record<string, string> = {}) => call(api(`GET ${path}`), values);

  // People.
  await get("/users");
  await get("/users/{user}", { user });
  await get("/users/{user}", { user: "me" });
  await get("/users/roles");
  for (const path of ["appearance", "gitsshkey", "organizations", "roles"]) await get(`/users/{user}/${path}`, { user });
  await get("/users/{user}/login-type", { user: "me" });
  await get("/users/{user}/organizations/{organization}", { user, organization });
  await call(api("PUT /users/{user}/gitsshkey"), { user: "me" });
  await call(api("PUT /users/{user}/appearance"), { user }, { theme_preference: "dark", terminal_font: "" });
  await call(api("PUT /users/{user}/profile"), { user }, { username: "bob", name: "Bob" });
  await call(api("PUT /users/{user}/roles"), { user }, { roles: ["auditor"] });
  await call(api("PUT /users/{user}/roles"), { user }, { roles: [] });
  await call(api("PUT /users/{user}/status/suspend"), { user });
  await call(api("PUT /users/{user}/status/activate"), { user });
  const dan = { email: "dan@example.test", username: "dan", password: "Correct horse 9 battery!", login_type: "password" };
  await call(api("POST /users"), {}, { ...dan, organization_ids: [world.organizationId] });
  await call(api("PUT /users/{user}/password"), { user: "dan" }, { password: "Another horse 8 battery?" });
  await call(api("DELETE /users/{user}"), { user: "dan" });

  // Organizations.
  await get("/organizations");
  await get("/organizations/{organization}", { organization });
  for (const path of ["members", "paginated-members", "members/roles", "settings/workspace-sharing"])
    await get(`/organizations/{organization}/${path}`, { organization });
  await get("/organizations/{organization}/members/{user}", { organization, user });
  await get("/organizations/{organization}/members/{user}/workspaces/available-users", { organization, user: "me" });
  await call(api("PUT /organizations/{organization}/members/{user}/roles"), { organization, user }, { roles: ["organization-auditor"] });
  await call(api("PUT /organizations/{organization}/members/{user}/roles"), { organization, user }, { roles: [] });
  await call(api("DELETE /organizations/{organization}/members/{user}"), { organization, user: "eve" });
  await call(api("POST /organizations/{organization}/members/{user}"), { organization, user: "eve" });
  await call(api("POST /organizations"), {}, { name: "other" });
  await call(api("PATCH /organizations/{organization}"), { organization: "other" }, { display_name: "Other" });
  await call(api("PATCH /organizations/{organization}/settings/workspace-sharing"), { organization: "other" }, { sharing_disabled: true });
  await call(api("DELETE /organizations/{organization}"), { organization: "other" });

  // Keys.
  await call(api("POST /users/{user}/keys/tokens"), { user: "me" }, { token_name: "t" });
  const token = await get("/users/{user}/keys/tokens/{keyname}", { user: "me", keyname: "t" });
  await get("/users/{user}/keys/tokens/{keyname}/usage", { user: "me", keyname: "t" });
  await get("/users/{user}/keys/tokens", { user });
  await get("/users/{user}/keys/tokens/tokenconfig", { user });
  await get("/users/{user}/keys/{keyid}", { user: "me", keyid: token.id });
  await call(api("PATCH /users/{user}/keys/tokens/{keyname}"), { user: "me", keyname: "t" }, { description: "d" });
  await call(api("PUT /users/{user}/keys/{keyid}/expire"), { user: "me", keyid: token.id });
  await call(api("DELETE /users/{user}/keys/{keyid}"), { user: "me", keyid: token.id });
  await call(api("POST /users/{user}/keys"), { user: "me" });
  await get("/audit");
  await call(
    api("POST /authcheck"),
    {},
    {
      checks: Object.fromEntries(
        Object.entries({ workspace: workspaceId, template: template.id, user: bob.id, organization: world.organizationId }).map(
          ([resource_type, resource_id]) => [resource_type, { object: { resource_type, resource_id }, action: "read" }],
        ),
      ),
    },
  );
  await call(api("POST /authcheck/explain"), {}, { object: { resource_type: "workspace", resource_id: workspaceId }, action: "ssh" });

  // Templates.
  const archive = await tarOf({ "main.tf": "# empty\n" });
  const { hash } = await call(api("POST /files"), {}, archive, { "content-type": "application/x-tar" });
  await get("/files/{file}", { file: hash });
  const newVersion = { storage_method: "file", provisioner: "terraform", file_id: hash };
  const imported = async (version: { id: string }) => {
    const job = await daemon.acquire();
    if (job === undefined) throw new Error("no import to do");
    await daemon.client.completeJob({ jobId: job.jobId, type: { case: "templateImport", value: {} } }, daemon.options);
    return version.id;
  };
  const fresh = await imported(await call(api("POST /organizations/{organization}/templateversions"), { organization }, newVersion));
  const made = await call(
    api("POST /organizations/{organization}/templates"),
    { organization },
    { name: "other", template_version_id: fresh },
  );
  const second = await imported(
    await call(
      api("POST /organizations/{organization}/templateversions"),
      { organization },
      { ...newVersion, name: "second", template_id: made.id },
    ),
  );
  await get("/templates");
  await get("/organizations/{organization}/templates", { organization });
  await get("/organizations/{organization}/templates/{name}", { organization, name: "other" });
  await get("/organizations/{organization}/templates/{name}/versions/{version}", { organization, name: "other", version: "second" });
  await get("/templates/{template}", { template: made.id });
  await get("/templates/{template}/versions", { template: made.id });
  await get("/templates/{template}/versions/{version}", { template: made.id, version: "second" });
  for (const path of ["", "/external-auth", "/logs", "/resources", "/rich-parameters", "/variables"])
    await get(`/templateversions/{id}${path}`, { id: second });
  await call(api("PATCH /templates/{template}/versions"), { template: made.id }, { id: second });
  await call(api("PATCH /templateversions/{id}/cancel"), { id: (await pushVersion(world, { templateId: made.id })).id });
  await call(api("DELETE /templates/{template}"), { template: made.id });

  // Workspaces.
  await get("/workspaces", { query: "?q=owner:bob" });
  await get("/workspaces");
  await get("/workspaces/{workspace}", { workspace: workspaceId });
  await get("/workspaces/{workspace}/builds", { workspace: workspaceId });
  await get("/users/{user}/workspace/{name}", { user: "olive", name: "w" });
  await get("/users/{user}/workspace/{name}/builds/{number}", { user: "olive", name: "w", number: "1" });
  await get("/workspaceagents/{agent}", { agent: agentId });
  await get("/workspaceagents/{agent}/logs", { agent: agentId });
  for (const path of ["", "/logs", "/parameters", "/resources", "/state"]) await get(`/workspacebuilds/{id}${path}`, { id: first.id });
  await build(world, daemon, workspaceId, "stop", { state: "{}" });
  const state = Buffer.from("{}").toString("base64");
  const started = await call(api("POST /workspaces/{workspace}/builds"), { workspace: workspaceId }, { transition: "start", state });
  await get("/organizations/{organization}/provisionerjobs", { organization });
  await get("/organizations/{organization}/provisionerjobs/{job}", { organization, job: started.job.id });
  await call(api("PATCH /workspacebuilds/{id}/cancel"), { id: started.id });
  const request = { name: "x", template_id: template.id };
  await call(api("POST /users/{user}/workspaces"), { user }, request);

  // Provisioners.
  await call(api("POST /organizations/{organization}/provisionerkeys"), { organization }, { name: "k" });
  await get("/organizations/{organization}/provisionerkeys", { organization });
  await get("/organizations/{organization}/provisionerdaemons", { organization });
  await call(api("DELETE /organizations/{organization}/provisionerkeys/{name}"), { organization, name: "k" });
  await call(api("POST /users/logout"));

  expect(failed).toEqual([]);
  expect(unstated).toEqual([]);
  const never = [...unasked].flatMap(([route, permissions]) => [...permissions].map((permission) => `${route} ${permission}`));
  expect(never).toEqual([]);
  const guarded = routes.filter(({ audience }) => audience === "users").map(({ method, path }) => `${method} ${path}`);
  expect(
    guarded.filter((route) => !seen.has(route)),
    "ask for it here",
  ).toEqual([]);
}, 60_000);

/** The server's routes on this world's store. @param asked gets every question that stands or falls with the answer, and what lists leave out */
async function openApp({ store }: World, asked: string[]): Promise<App & AsyncDisposable> {
  const { core, authentication, setup, sessions } = store.system;
  const onQuery = (query: string, questions: readonly string[]): void => {
    for (const question of questions) {
      const words = question.split(" ");
      // Of jobs of every kind at once: the routes that list resources list those of builds, which are their workspace's.
      if (words[0] === "may" || (query === "resources.ofJobs" && words.at(-1) !== "workspace")) continue;
      const [action, type] = words.slice(-2);
      asked.push(`${type}:${action}`);
    }
  };
  const routes = routesOf({
    authentication,
    deploymentId: store.system.deploymentId,
    setup,
    sessions,
    usage: { flush: async () => {} },
    ping: () => store.ping(),
    now: core.now,
    accessUrl: () => "https://proviso.example.test",
    externalAuthProviders: [],
    agentBinaryDirectory: undefined,
    rateLimits: { login: 0, files: 0 },
    tokenLifetimes: DEFAULT_TOKEN_LIFETIMES,
  });
  const accessUrl = (): string => "https://proviso.example.test";
  return createApp({ authentication, accessFor: accessTo(core, { onQuery }), log: pino({ level: "silent" }), accessUrl }, routes);
}
