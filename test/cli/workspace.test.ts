import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { extract } from "tar-stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packTemplate } from "#cli/template-archive.ts";
import { type CliServer, startCliServer } from "./cli-server.ts";
import { finishCli, startCli } from "./run-cli.ts";

let server: CliServer;
beforeAll(async () => {
  server = await startCliServer(1);
});
afterAll(() => server?.[Symbol.asyncDispose]());

const TEMPLATE = `resource "terraform_data" "machine" {\n  input = "small"\n}\n`;

async function writeTemplate(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(server.folder, "templates", name);
  for (const [file, content] of Object.entries(files)) {
    await mkdir(join(folder, file, ".."), { recursive: true });
    await writeFile(join(folder, file), content);
  }
  return folder;
}

test("pushes a template, and the server gets what belongs to it and nothing private", async () => {
  const folder = await writeTemplate("packed", {
    "main.tf": TEMPLATE,
    ".env": "SECRET",
    "terraform.tfvars": 'a = "b"',
    "x/.git/y": "",
    "x/z": "",
  });
  const run = await server.run(["templates", "push", "-d", folder, "-y"]);
  expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining("The template packed has been created") });
  expect(run.stdout).toContain("terraform_data.machine\n");
  expect(run.stderr).toContain("warning: terraform.tfvars is neither uploaded nor read");

  const [template] = await server.client.listTemplates();
  const version = await server.client.getTemplateVersion(template?.active_version_id ?? "");
  const bytes = await server.client.downloadFile(version.job.file_id);
  const names: string[] = [];
  for await (const entry of Readable.from([Buffer.from(bytes)]).pipe(extract())) {
    names.push(entry.header.name);
    entry.resume();
  }
  expect(names).toEqual(["main.tf", "x/", "x/z"]);
});

test("pushes a second version, which becomes the active one unless it shall not", async () => {
  const folder = await writeTemplate("twice", { "main.tf": TEMPLATE });
  for (const args of [
    ["--name", "one"],
    ["--name", "two"],
    ["--name", "three", "--activate=false"],
  ]) {
    expect((await server.run(["templates", "push", "twice", "-d", folder, "-y", ...args])).stderr).not.toContain("error");
  }
  const list = await server.run(["templates", "versions", "list", "twice", "-o", "json"]);
  const versions: Array<{ name: string; active: boolean }> = JSON.parse(list.stdout);
  expect(versions.map(({ name, active }) => `${name} ${active}`).toSorted()).toEqual(["one false", "three false", "two true"]);
});

test("pushes an archive from stdin", async () => {
  const { bytes } = await packTemplate(await writeTemplate("archive", { "main.tf": TEMPLATE }));
  expect((await server.run(["templates", "push", "piped"], { input: bytes })).code).toBe(0);
  expect(await server.run(["templates", "push", "piped"])).toMatchObject({
    code: 1,
    stderr: "error: there is no archive on stdin: give a folder with --directory\n",
  });
});

test("shows Terraform's own words for a broken template, and makes none", async () => {
  const folder = await writeTemplate("broken", { "main.tf": 'resource "terraform_data" {\n' });
  const run = await server.run(["templates", "push", "-d", folder, "-y"]);
  expect(run.code).toBe(1);
  expect(run.stderr).toMatch(/^error: /m);
  expect(run.stdout + run.stderr).toMatch(/main\.tf.*line 1|main\.tf:1|line 1, in /s);
  expect((await server.client.listTemplates()).map((template) => template.name)).not.toContain("broken");
});

test("refuses to send a folder that is too big", async () => {
  const folder = await writeTemplate("big", { "main.tf": TEMPLATE, "disk.img": "x".repeat(1_048_576) });
  const run = await server.run(["templates", "push", "-d", folder, "-y"]);
  expect(run).toMatchObject({ code: 1, stdout: "" });
  expect(run.stderr).toContain("error: the archive is too big: the limit is 1048576 bytes\n");
});

test("creates, lists, shows, stops, starts and deletes a workspace, and tells how each build went", async () => {
  const folder = await writeTemplate("life", { "main.tf": TEMPLATE });
  await server.run(["templates", "push", "life", "-d", folder, "-y"]);
  const created = await server.run(["create", "w1", "-t", "life", "-y"]);
  expect(created).toMatchObject({ code: 0, stderr: "" });
  expect(created.stdout).toMatch(/^==> ⧗ Queued\n=== ✔ Queued \[\d+ms\]\n/);
  expect(created.stdout).toContain("terraform_data.machine");
  expect(created.stdout).toContain("The w1 workspace has been created");

  const again = await server.run(["create", "w1", "-t", "life", "-y"]);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: /) });
  expect((await server.run(["list", "-c", "workspace,template,status"])).stdout).toBe(
    "WORKSPACE  TEMPLATE  STATUS\nada/w1     life      running\n",
  );
  expect((await server.run(["show", "ada/w1"])).stdout).toMatch(/^ada\/w1: running, build 1 of life .*\nterraform_data\.machine\n$/);
  expect((await server.run(["start", "w1"])).stdout).toBe("The w1 workspace is already running.\n");

  expect((await server.run(["stop", "w1", "-y"])).stdout).toContain("has been stopped");
  expect((await server.run(["start", "w1", "-y"])).stdout).toContain("has been started");
  const log = await server.run(["logs", "w1", "-n", "1"]);
  expect(log).toMatchObject({ code: 0, stdout: expect.stringContaining("=== ✔ ") });
  expect((await server.run(["delete", "w1", "-y"])).stdout).toContain("has been deleted");
  expect(await server.run(["list"])).toMatchObject({ code: 0, stdout: "", stderr: expect.stringContaining("No workspaces found") });
  expect((await server.run(["show", "w1"])).stderr).toMatch(/^error: /);
});

test("Ctrl-C cancels an import that nobody takes, in silence", async () => {
  const folder = await writeTemplate("canceled", { "main.tf": TEMPLATE });
  const args = ["templates", "push", "canceled", "-d", folder, "-y", "--provisioner-tag", "where=nowhere"];
  const child = startCli(args, { env: server.env });
  const finished = finishCli(child);
  await once(child.stdout, "data");
  child.kill("SIGINT");
  const run = await finished;
  expect(run).toMatchObject({ code: 1, stdout: expect.stringContaining("Canceling the job") });
  expect(run.stderr).not.toContain("error");
  expect(run.stderr).toMatch(/warning: no provisioner daemon for the tags .*where=nowhere is online/);
  const jobs = await server.run(["provisioner", "jobs", "list", "-s", "canceled", "-c", "status,tags"]);
  expect(jobs.stdout).toContain("where=nowhere");
});

test("a daemon on another machine works with its key, and SIGTERM ends it cleanly", async () => {
  await using alone = await startCliServer(0);
  const folder = await writeTemplate("remote", { "main.tf": TEMPLATE });
  const key = (await alone.run(["provisioner", "keys", "create", "remote"])).stdout.trim();
  const daemon = startCli(["provisioner", "start", "--url", alone.url, "--name", "far-away"], {
    env: { ...alone.env, CODER_PROVISIONER_DAEMON_KEY: key },
  });
  const ended = finishCli(daemon);
  try {
    expect((await alone.run(["templates", "push", "remote", "-d", folder, "-y"])).code).toBe(0);
    const jobs = JSON.parse((await alone.run(["provisioner", "jobs", "list", "-o", "json"])).stdout);
    expect(jobs).toMatchObject([{ status: "succeeded", type: "template_version_import", worker_name: "far-away" }]);
  } finally {
    daemon.kill("SIGTERM");
  }
  const { code, stdout, stderr } = await ended;
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).not.toContain(key);
});

test("a server ends cleanly on SIGTERM, and says nothing on stdout but that it is ready", async () => {
  const child = startCli(["server", "--data-dir", join(server.folder, "other"), "--http-address", "127.0.0.1:0"], { env: server.env });
  const finished = finishCli(child);
  await once(child.stdout, "data");
  child.kill("SIGTERM");
  const { code, stdout } = await finished;
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^proviso is ready at http:\/\/127\.0\.0\.1:\d+\n$/) });
});

test("a server without Terraform starts, and says what to install", async () => {
  const bin = join(server.folder, "no-terraform");
  await mkdir(bin, { recursive: true });
  const env = { ...server.env, PROVISO_TERRAFORM: join(bin, "terraform") };
  const child = startCli(["server", "--data-dir", join(server.folder, "third"), "--http-address", "127.0.0.1:0"], { env });
  const finished = finishCli(child);
  await once(child.stdout, "data");
  child.kill("SIGTERM");
  const { code, stderr } = await finished;
  expect(code).toBe(0);
  expect(stderr).toMatch(/^warning: Terraform was not found .*install Terraform.*$/m);
});
