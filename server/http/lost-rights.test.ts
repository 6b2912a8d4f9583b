/** Rights that are taken away end with the next request: for sessions, tokens, and agent tokens over REST and gRPC. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Template } from "#sdk/templates.ts";
import { addPerson, mintToken, type Person } from "#test/server/people.ts";
import { type PlayedDaemon, playDaemon } from "#test/server/played-daemon.ts";
import { buildNext, makeTemplate } from "#test/server/scenario.ts";
import { call, openServerWorld, type ServerWorld } from "#test/server/server-world.ts";

let world: ServerWorld;
let daemon: PlayedDaemon;
let template: Template;
beforeAll(async () => {
  world = await openServerWorld();
  daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  template = await makeTemplate(world, daemon);
});
afterAll(async () => {
  daemon[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
});

/** A person with a running workspace, whose agent may do everything with it that the person may. */
async function personWithAgent(): Promise<{ person: Person; workspaceId: string; token: string; agentToken: string }> {
  const person = await addPerson(world);
  const made = await person.call("POST", "/api/v2/users/me/workspaces", { name: "dev", template_id: template.id });
  expect(made.status, made.text).toBe(201);
  const [agent] = await buildNext(daemon, ["all"]);
  if (agent === undefined) throw new Error("one agent was built");
  return { person, workspaceId: made.json.id, token: await mintToken(person), agentToken: agent.token };
}

const get = async (path: string, credential: string) =>
  (await call(world.url, "GET", path, undefined, { "Coder-Session-Token": credential })).status;
const AGENT_KEY = "/api/v2/workspaceagents/me/gitsshkey";

test("a suspended user's session, tokens and agents open nothing, until the suspension ends", async () => {
  const { person, workspaceId, token, agentToken } = await personWithAgent();
  const all = async () => [
    await get("/api/v2/users/me", person.sessionToken),
    await get(`/api/v2/workspaces/${workspaceId}`, token),
    await get(AGENT_KEY, agentToken),
  ];
  expect(await all()).toEqual([200, 200, 200]);
  expect((await world.call("PUT", `/api/v2/users/${person.id}/status/suspend`)).status).toBe(200);
  expect(await all()).toEqual([401, 401, 401]);
  expect((await world.call("PUT", `/api/v2/users/${person.id}/status/activate`)).status).toBe(200);
  expect(await all()).toEqual([200, 200, 200]);
});

test("a new password ends sessions and tokens, and leaves the agents running", async () => {
  const { person, token, agentToken } = await personWithAgent();
  expect((await world.call("PUT", `/api/v2/users/${person.id}/password`, { password: "Reset 99 by the owner" })).status).toBe(204);
  expect(await get("/api/v2/users/me", person.sessionToken)).toBe(401);
  expect(await get("/api/v2/users/me", token)).toBe(401);
  expect(await get(AGENT_KEY, agentToken)).toBe(200);
});

test("a user who leaves an organization loses access to it, with every key", async () => {
  await world.call("POST", "/api/v2/organizations", { name: "second" });
  const person = await addPerson(world, { organizations: ["second"] });
  await world.call("POST", `/api/v2/organizations/default/members/${person.id}`);
  const token = await mintToken(person);
  const path = `/api/v2/templates/${template.id}`;
  expect([await get(path, person.sessionToken), await get(path, token)]).toEqual([200, 200]);
  expect((await world.call("DELETE", `/api/v2/organizations/default/members/${person.id}`)).status).toBe(204);
  expect([await get(path, person.sessionToken), await get(path, token)]).toEqual([404, 404]);
  const create = await person.call("POST", "/api/v2/users/me/workspaces", { name: "dev", template_id: template.id });
  expect(create.status).toBeOneOf([400, 404]);
});

test("a ban on creating workspaces takes them away from their owner, and from the agent in them", async () => {
  const { person, workspaceId } = await personWithAgent();
  const stop = () => person.call("POST", `/api/v2/workspaces/${workspaceId}/builds`, { transition: "delete" });
  const roles = ["organization-workspace-creation-ban"];
  expect((await world.call("PUT", `/api/v2/organizations/default/members/${person.id}/roles`, { roles })).status).toBe(200);
  expect((await stop()).status).toBe(403);
  expect((await world.call("PUT", `/api/v2/organizations/default/members/${person.id}/roles`, { roles: [] })).status).toBe(200);
  expect((await stop()).status).toBe(201);
});

test("a deleted user's keys are refused", async () => {
  const person = await addPerson(world);
  const token = await mintToken(person);
  expect(await get("/api/v2/users/me", token)).toBe(200);
  expect((await world.call("DELETE", `/api/v2/users/${person.id}`)).status).toBe(200);
  expect([await get("/api/v2/users/me", person.sessionToken), await get("/api/v2/users/me", token)]).toEqual([401, 401]);
});
