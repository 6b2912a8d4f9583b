/** What the CLI can still do with a token that has only the scopes of its task, and may not even read its own organization. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliServer, startCliServer } from "./cli-server.ts";

let server: CliServer;
let folder: string;
beforeAll(async () => {
  server = await startCliServer(1);
  folder = join(server.folder, "basic");
  await mkdir(folder);
  await writeFile(join(folder, "main.tf"), `resource "terraform_data" "machine" {\n  input = "small"\n}\n`);
  expect((await server.run(["templates", "push", "basic", "-d", folder, "-y"])).stderr).not.toContain("error");
});
afterAll(() => server?.[Symbol.asyncDispose]());

async function tokenFor(...args: string[]): Promise<{ readonly env: Record<string, string> }> {
  const run = await server.run(["tokens", "create", "--lifetime", "1h", ...args]);
  if (run.code !== 0) throw new Error(run.stderr);
  return { env: { CODER_SESSION_TOKEN: run.stdout.trim() } };
}

test("creates a workspace with the scope for that, and deletes it with the one for that", { timeout: 60_000 }, async () => {
  const creator = await tokenFor("--scope", "coder:workspaces.create");
  for (const [name, ...more] of [["one"], ["two", "--org", "default"]] as const) {
    const made = await server.run(["create", name, "--template", "basic", "-y", ...more], creator);
    expect({ code: made.code, stderr: made.code === 0 ? "" : made.stderr }).toEqual({ code: 0, stderr: "" });
  }
  const deleted = await server.run(
    ["delete", "one", "-y"],
    await tokenFor("--scope", "coder:workspaces.delete", "--allow", "workspace:one"),
  );
  expect({ code: deleted.code, stderr: deleted.code === 0 ? "" : deleted.stderr }).toEqual({ code: 0, stderr: "" });
});

test("pushes, lists versions of, and deletes a template with the scopes of an author", { timeout: 60_000 }, async () => {
  const author = await tokenFor("--scope", "coder:templates.author", "--scope", "coder:templates.build");
  for (const args of [
    ["templates", "push", "written", "-d", folder, "-y"],
    ["templates", "versions", "list", "written"],
    ["templates", "delete", "written", "-y"],
  ]) {
    const run = await server.run(args, author);
    expect({ args, code: run.code, stderr: run.code === 0 ? "" : run.stderr }).toEqual({ args, code: 0, stderr: "" });
  }
});

test("says what is missing where an organization must be read, and for one that is not there", async () => {
  const author = await tokenFor("--scope", "coder:templates.author");
  const create = await server.run(["users", "create", "--username", "grace", "--email", "grace@example.com"], author);
  expect(create).toMatchObject({ code: 1, stderr: expect.stringContaining("organization:read") });
  const elsewhere = await server.run(["templates", "delete", "basic", "-y", "--org", "elsewhere"], author);
  expect(elsewhere).toMatchObject({ code: 1, stderr: expect.stringContaining(`template "basic" not found`) });
});

test("takes a template's name on an allow list in whichever organization it is", async () => {
  await server.client.createOrganization({ name: "moon" });
  const [basic] = await server.client.listTemplates();
  for (const entry of ["template:basic", "template:default/basic"]) {
    const run = await server.run(["tokens", "create", "--name", entry.replaceAll(/\W/g, "-"), "--allow", entry]);
    expect({ code: run.code, stderr: run.code === 0 ? "" : run.stderr }).toEqual({ code: 0, stderr: "" });
    expect((await server.client.getTokenByName("me", entry.replaceAll(/\W/g, "-"))).allow_list).toEqual([
      { type: "template", id: basic?.id },
    ]);
  }
  expect(await server.run(["tokens", "create", "--allow", "template:moon/basic"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`template "moon/basic" not found`),
  });
});
