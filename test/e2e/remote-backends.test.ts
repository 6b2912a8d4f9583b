import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { HttpStateBackend } from "#test/http-state-backend.ts";
import { type Api, buildEnd, createTemplate, createWorkspace, expectStatus, importVersion, runBuild, signUp } from "./harness/api.ts";
import { type ServerProcess, startServerProcess } from "./harness/server-process.ts";
import { templateOf } from "./harness/templates.ts";

let server: ServerProcess;
let api: Api;
let backend: HttpStateBackend;

beforeAll(async () => {
  backend = await HttpStateBackend.start();
  server = await startServerProcess({ args: ["--provisioner-daemons", "3"] });
  api = await signUp(server.url);
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await backend[Symbol.asyncDispose]();
});

/** Each test has a template, a state and workspaces of its own. */
let name: string;
let count = 0;
beforeEach(() => {
  name = `remote-${++count}`;
});

/** A disk that stays, and a machine that exists while the workspace runs. */
const machine = (): Record<string, string> => ({
  ...templateOf(`resource "terraform_data" "disk" {
  input = data.coder_workspace.me.name
}
resource "terraform_data" "machine" {
  count = data.coder_workspace.me.start_count
  input = "m"
}
`),
  "state.tf": backend.block(name),
});

const build = async (workspaceId: string, transition: string, more: object = {}) => {
  const made = await expectStatus(201, api.call("POST", `/workspaces/${workspaceId}/builds`, { transition, ...more }));
  return buildEnd(api, made.id);
};
const logsOf = async (path: string): Promise<string> => {
  const lines: { output: string }[] = await expectStatus(200, api.call("GET", `${path}/logs`));
  return lines.map(({ output }) => output).join("\n");
};
const newWorkspace = async (workspace: string, templateId: string) => {
  const made = await expectStatus(201, api.call("POST", "/users/me/workspaces", { name: workspace, template_id: templateId }));
  return { id: String(made.id), build: await buildEnd(api, made.latest_build.id) };
};
const shared =
  /^state\.tf line 2: the backend "http" is in use by another workspace\. All workspaces of this template would share one state.*Remove the block: Proviso keeps the state of each workspace itself\.$/;

test("one workspace lives in a template's backend, from its creation to a delete that destroys everything there", async () => {
  const template = await createTemplate(api, name, machine());
  const workspace = await createWorkspace(api, name, template.id);
  expect(backend.resources(name)).toEqual(["disk", "machine"]);
  expect(workspace.latest_build.resources.map((resource: { name: string }) => resource.name).sort()).toEqual(["disk", "machine"]);
  expect((await api.call("GET", `/workspacebuilds/${workspace.latest_build.id}/state`)).body).toBe("");
  await runBuild(api, workspace.id, "stop");
  expect(backend.state(name)?.resources.filter(({ mode }) => mode === "managed")).toMatchObject([{ name: "disk" }]);
  const started = await runBuild(api, workspace.id, "start");
  expect(backend.resources(name)).toEqual(["disk", "machine"]);
  expect(await logsOf(`/workspacebuilds/${started.id}`)).not.toContain("terraform_data.disk: Creating");

  const gone = await runBuild(api, workspace.id, "delete");
  const log = await logsOf(`/workspacebuilds/${gone.id}`);
  expect(log).toContain("terraform_data.disk: Destruction complete");
  expect(log).toContain("terraform_data.machine[0]: Destruction complete");
  expect(backend.resources(name)).toEqual([]);
  expect(backend.isLocked(name)).toBe(false);

  // The next workspace gets machines of its own.
  const next = await createWorkspace(api, name, template.id);
  expect(await logsOf(`/workspacebuilds/${next.latest_build.id}`)).toContain("terraform_data.disk: Creating");
});

test("a second workspace in the same backend is refused before it plans, and deleting it leaves the first one alone", async () => {
  const template = await createTemplate(api, name, machine());
  const first = await createWorkspace(api, `${name}-a`, template.id);
  const before = backend.state(name);
  const second = await newWorkspace(`${name}-b`, template.id);
  expect(second.build.job).toMatchObject({ status: "failed", error: expect.stringMatching(shared) });
  const log = await logsOf(`/workspacebuilds/${second.build.id}`);
  expect(log).toMatch(new RegExp(shared, "m"));
  expect(log).not.toContain("Plan:");
  expect(log).not.toContain(`${name}-a`);
  const again = await build(second.id, "start");
  expect(again.job.error).toMatch(shared);
  const deleted = await build(second.id, "delete");
  expect(deleted.job.status).toBe("succeeded");
  expect((await api.call("GET", `/workspaces/${second.id}`)).status).toBe(410);
  expect(backend.state(name)).toEqual(before);
  await runBuild(api, first.id, "stop");
  await runBuild(api, first.id, "delete");
  expect(backend.resources(name)).toEqual([]);
});

test("of three first builds at once, exactly one gets the backend, and the others touch nothing", async () => {
  const template = await createTemplate(api, name, machine());
  const ends = await Promise.all(["a", "b", "c"].map((letter) => newWorkspace(`${name}-${letter}`, template.id)));
  const winners = ends.filter((end) => end.build.job.status === "succeeded");
  expect(winners).toHaveLength(1);
  for (const { build: ended } of ends.filter((end) => end.build.job.status !== "succeeded")) expect(ended.job.error).toMatch(shared);
  const creations = backend.requests.filter((request) => request === `POST /${name}`);
  expect(backend.resources(name)).toEqual(["disk", "machine"]);
  await Promise.all(ends.map(({ id }) => runBuild(api, id, "delete")));
  expect(creations.length).toBeGreaterThan(0);
  expect(backend.resources(name)).toEqual([]);
});

test("a push does not ask the backend, and its log says that only one workspace can use the template", async () => {
  const version = await importVersion(api, machine());
  expect(version.job.status).toBe("succeeded");
  expect(await logsOf(`/templateversions/${version.id}`)).toContain(
    'state.tf line 2: the backend "http" keeps one state, so only one workspace can use this template while it has this block.',
  );
  expect(backend.requests.filter((request) => request.endsWith(`/${name}`))).toEqual([]);
});

test("a workspace that is deleted without its resources leaves them in the backend, and no other workspace takes them over", async () => {
  const template = await createTemplate(api, name, machine());
  const first = await createWorkspace(api, `${name}-a`, template.id);
  expect((await build(first.id, "delete", { orphan: true })).job.status).toBe("succeeded");
  expect(backend.resources(name)).toEqual(["disk", "machine"]);
  const second = await newWorkspace(`${name}-b`, template.id);
  expect(second.build.job.error).toMatch(
    /^state\.tf line 2: the backend "http" already holds a state with 2 resources that no build of this workspace created/,
  );
  expect((await build(second.id, "delete")).job.status).toBe("succeeded");
  expect(backend.resources(name)).toEqual(["disk", "machine"]);
});

test("what a first apply left that failed is destroyed through the backend", async () => {
  const files = machine();
  const failing = `resource "terraform_data" "late" {
  depends_on = [terraform_data.disk]
  provisioner "local-exec" {
    command = "exit 3"
  }
}
`;
  const template = await createTemplate(api, name, { ...files, "late.tf": failing });
  const { id, build: first } = await newWorkspace(name, template.id);
  expect(first.job.status).toBe("failed");
  expect(backend.resources(name)).toContain("disk");
  const gone = await build(id, "delete");
  expect(gone.job.error ?? "").toBe("");
  expect(backend.resources(name)).toEqual([]);
});

test("a version of the template that drops the backend, or names an empty one, is refused and forgets nothing", async () => {
  const template = await createTemplate(api, name, machine());
  const workspace = await createWorkspace(api, name, template.id);
  const { "state.tf": _, ...local } = machine();
  const without = await importVersion(api, local, { templateId: template.id });
  const elsewhere = await importVersion(api, { ...local, "state.tf": backend.block(`${name}-new`) }, { templateId: template.id });
  for (const { version, says } of [
    { version: without, says: /^Earlier builds of this workspace kept their state in the backend "http" \(state\.tf line 2\)/ },
    { version: elsewhere, says: /holds no resources, because earlier builds of this workspace kept their state in/ },
  ])
    for (const transition of ["start", "delete"]) {
      const ended = await build(workspace.id, transition, { template_version_id: version.id });
      expect(ended.job, transition).toMatchObject({ status: "failed", error: expect.stringMatching(says) });
    }
  expect(backend.resources(name)).toEqual(["disk", "machine"]);

  // The author moves the state, as Terraform would with -migrate-state.
  backend.put(`${name}-new`, backend.state(name));
  backend.remove(name);
  const moved = await build(workspace.id, "delete", { template_version_id: elsewhere.id });
  expect(moved.job.error ?? "").toBe("");
  expect(await logsOf(`/workspacebuilds/${moved.id}`)).toContain("is another one than the backend");
  expect(backend.resources(`${name}-new`)).toEqual([]);
});
