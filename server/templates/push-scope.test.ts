import { expect, test } from "vitest";
import { addPerson, mintToken } from "#test/server/people.ts";
import { playDaemon } from "#test/server/played-daemon.ts";
import { importNext, makeTemplate } from "#test/server/scenario.ts";
import { call, openServerWorld, tarOf } from "#test/server/server-world.ts";

test("coder:templates.push uploads, pushes and activates, and deletes nothing", async () => {
  await using world = await openServerWorld();
  using daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  const template = await makeTemplate(world, daemon, { name: "main" });
  const admin = await addPerson(world, { username: "tara", roles: ["template-admin"] });
  const token = await mintToken(admin, { scopes: ["coder:templates.push"], allow_list: [`template:${template.id}`] });
  const as = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    call(world.url, method, `/api/v2/${path}`, body, { "Coder-Session-Token": token, ...headers });

  const upload = await as("POST", "files", await tarOf({ "main.tf": "# new\n" }), { "Content-Type": "application/x-tar" });
  expect(upload.status).toBe(201);
  const request = { storage_method: "file", provisioner: "terraform", file_id: upload.json.hash };
  const pushed = await as("POST", "organizations/default/templateversions", { ...request, template_id: template.id });
  expect(pushed.status, pushed.text).toBe(201);
  await importNext(daemon);
  expect((await as("GET", `templateversions/${pushed.json.id}/logs`)).status).toBe(200);
  expect((await as("PATCH", `templates/${template.id}/versions`, { id: pushed.json.id })).status).toBe(200);
  expect((await world.client.getTemplate(template.id)).active_version_id).toBe(pushed.json.id);

  expect((await as("DELETE", `templates/${template.id}`)).status).toBe(403);
  expect((await as("POST", "users/me/workspaces", { name: "w", template_id: template.id })).status).toBe(403);
  expect((await as("GET", "workspaces")).json.count).toBe(0);
  const loose = await as("POST", "organizations/default/templateversions", request);
  expect(loose.status, "a new template is on no list").toBe(403);
});

test("without an allow list it makes templates, too", async () => {
  await using world = await openServerWorld();
  using daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  const token = await mintToken(world, { scopes: ["coder:templates.push"] });
  const as = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    call(world.url, method, `/api/v2/${path}`, body, { "Coder-Session-Token": token, ...headers });
  const upload = await as("POST", "files", await tarOf({ "main.tf": "# new\n" }), { "Content-Type": "application/x-tar" });
  const version = { storage_method: "file", provisioner: "terraform", file_id: upload.json.hash };
  const pushed = await as("POST", "organizations/default/templateversions", version);
  await importNext(daemon);
  const made = await as("POST", "organizations/default/templates", { name: "fresh", template_version_id: pushed.json.id });
  expect(made.status, made.text).toBe(201);
  expect((await as("DELETE", `templates/${made.json.id}`)).status).toBe(403);
});
