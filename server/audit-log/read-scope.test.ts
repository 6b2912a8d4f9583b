import { expect, test } from "vitest";
import { addPerson, mintToken } from "#test/server/people.ts";
import { call, openServerWorld } from "#test/server/server-world.ts";

test("a token of audit_log:read reads the log, and nothing else", async () => {
  await using world = await openServerWorld();
  const auditor = await addPerson(world, { username: "audrey", roles: ["auditor"] });
  for (const person of [world, auditor]) {
    const token = await mintToken(person, { scopes: ["audit_log:read"] });
    const as = (method: string, path: string, body?: unknown) =>
      call(world.url, method, `/api/v2/${path}`, body, { "Coder-Session-Token": token });
    const log = await as("GET", "audit?q=action:create");
    expect([log.status, log.json.count > 0]).toEqual([200, true]);
    for (const path of ["users", "organizations", "templates", "workspaces", "users/me/keys/tokens"]) {
      const { status, json } = await as("GET", path);
      expect([path, status, json.count ?? json.length]).toEqual([path, 200, 0]);
    }
    expect((await as("GET", "users/me")).status).toBe(404);
    expect((await as("POST", "users/me/keys/tokens", {})).status).toBe(403);
    expect((await as("PUT", "users/me/profile", { username: "x" })).status).toBe(403);
  }
});

test("it gives no member the log", async () => {
  await using world = await openServerWorld();
  const member = await addPerson(world);
  const token = await mintToken(member, { scopes: ["audit_log:read"] });
  expect((await call(world.url, "GET", "/api/v2/audit", undefined, { "Coder-Session-Token": token })).status).toBe(403);
});
