import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliServer, startCliServer } from "./cli-server.ts";

let server: CliServer;
beforeAll(async () => {
  server = await startCliServer(1);
});
afterAll(() => server?.[Symbol.asyncDispose]());

test("a state is pulled, changed by hand, and pushed; the next build goes on from it", async () => {
  const template = join(server.folder, "templates", "stateful");
  await mkdir(template, { recursive: true });
  await writeFile(join(template, "main.tf"), `resource "terraform_data" "machine" {\n  input = "small"\n}\n`);
  expect(await server.run(["templates", "push", "-d", template, "-y"])).toMatchObject({ code: 0 });
  expect(await server.run(["create", "dev", "-t", "stateful", "-y"])).toMatchObject({ code: 0 });
  const [workspace] = (await server.client.listWorkspaces()).workspaces;
  if (workspace === undefined) throw new Error("no workspace");

  const state = async (...args: string[]) => server.run(["state", ...args], { cwd: server.folder });
  expect(await state("pull", "dev", "one.tfstate")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("Wrote the state of build 1"),
  });
  const one = JSON.parse(await readFile(join(server.folder, "one.tfstate"), "utf8"));
  expect((await state("pull", "dev")).stdout).toBe(await readFile(join(server.folder, "one.tfstate"), "utf8"));

  // What was made by hand, Terraform knows from now on, so that it changes it instead of making it anew.
  const [machine] = one.resources;
  const own = machine.instances[0].attributes.id;
  machine.instances[0].attributes.id = "made-by-hand";
  const save = (name: string, more: object) => writeFile(join(server.folder, name), JSON.stringify({ ...one, ...more }));
  await save("two.tfstate", { serial: one.serial + 1 });
  await save("older.tfstate", { serial: 0 });
  await save("other.tfstate", { serial: 99, lineage: "b" });

  expect(await state("push", "dev", "older.tfstate")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("has serial 0, and the stored"),
  });
  expect(await state("push", "dev", "other.tfstate")).toMatchObject({ code: 1, stderr: expect.stringContaining('has lineage "b"') });
  expect(await state("push", "dev", "two.tfstate")).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Build 1 .*serial \d+/) });
  expect(await server.run(["stop", "dev", "-y"])).toMatchObject({ code: 0 });
  const after = JSON.parse((await state("pull", "dev")).stdout);
  expect(after).toMatchObject({ lineage: one.lineage, resources: [{ instances: [{ attributes: { id: "made-by-hand" } }] }] });
  expect((await state("pull", "dev", "--build", "1")).stdout).not.toContain(own);
  expect(await state("push", "dev", "other.tfstate", "--force")).toMatchObject({ code: 0 });

  expect(await server.run(["delete", "dev", "-y"])).toMatchObject({ code: 0 });
  expect(await state("pull", "dev")).toMatchObject({ code: 1, stderr: expect.stringContaining('workspace "dev" not found') });
  expect(JSON.parse((await state("pull", workspace.id, "--build", "2")).stdout)).toMatchObject({ lineage: "b", serial: 99 });
});
