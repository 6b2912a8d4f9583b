import { beforeAll, beforeEach, expect, test } from "vitest";
import { StatusError } from "#proto/status.ts";
import { HttpStateBackend } from "#test/http-state-backend.ts";
import type { FakeServer, JobRecord } from "./fake-server.ts";
import { archive, type Bench, buildJob, DESTROY, importJob, START, startBench, textOf } from "./harness.ts";

let backend: HttpStateBackend;
beforeAll(async () => {
  backend = await HttpStateBackend.start();
  return () => backend[Symbol.asyncDispose]();
});

/** Each test has a state of its own. */
let name: string;
let count = 0;
beforeEach(() => {
  name = `state-${++count}`;
});

const BOX = 'resource "terraform_data" "box" {\n  input = "x"\n}\n';
const template = (more = ""): Record<string, string> => ({ "main.tf": BOX + more, "state.tf": backend.block(name) });
const requests = () => backend.requests.filter((request) => request.endsWith(`/${name}`));
const methods = () => new Set(requests().map((request) => request.split(" ")[0]));

type Job = Parameters<FakeServer["enqueue"]>[0];
const run = ({ server }: Bench, job: Job): Promise<JobRecord> => server.finished(server.enqueue(job));

function stateOf({ completed, failed }: JobRecord): Uint8Array {
  const end = completed?.type ?? failed?.type;
  if (end?.case !== "workspaceBuild") throw new Error("expected a build");
  return end.value.state;
}

async function started(bench: Bench, files = template()): Promise<JobRecord> {
  const record = await run(bench, await buildJob(files, { transition: START }));
  if (record.completed === undefined) throw new Error(record.failed?.error);
  return record;
}

test("a build announces its backend before it plans, and its apply before it changes anything", async () => {
  const bench = await startBench();
  const first = await started(bench);
  expect(backend.resources(name)).toEqual(["box"]);
  expect(stateOf(first)).toHaveLength(0);
  const [announced] = first.updates.flatMap(({ stateBackend }) => stateBackend ?? []);
  expect(announced).toMatchObject({ type: "http", declaredAt: "state.tf line 2", resources: 0n, lineage: "" });
  expect(announced?.identity).toHaveLength(32);
  const [last] = first.updates.flatMap(({ stateBackend }) => stateBackend ?? []).slice(-1);
  expect(last).toMatchObject({ identity: announced?.identity, resources: 1n, lineage: backend.state(name)?.lineage });
  expect(first.completed?.type).toMatchObject({ value: { resources: [{ name: "box" }] } });

  const second = await run(bench, await buildJob(template(), { transition: START, hasApplied: true }));
  expect(textOf(second.logs)).toContain("terraform_data.box: Refreshing state");
  expect(second.updates.flatMap(({ stateBackend }) => stateBackend ?? [])).toEqual([last]);
});

for (const { what, refuses, says } of [
  { what: "the backend", refuses: "stateBackend", says: [] },
  { what: "the apply", refuses: "applying", says: ["LOCK"] },
] as const) {
  test(`where the server refuses ${what}, nothing is changed, and its sentence is the build's error`, async () => {
    const bench = await startBench();
    bench.server.onUpdate = (request) => {
      if (request[refuses]) throw new StatusError("FAILED_PRECONDITION", "state.tf line 2: not this one");
      return {};
    };
    const { failed, logs } = await run(bench, await buildJob(template(), { transition: START }));
    expect(failed?.error).toBe("state.tf line 2: not this one");
    expect(textOf(logs)).toContain("state.tf line 2: not this one");
    expect(textOf(logs)).not.toContain("Creating...");
    expect(backend.state(name)).toBeUndefined();
    for (const method of ["LOCK", "POST"]) expect(methods().has(method), method).toBe((says as readonly string[]).includes(method));
  });
}

test("a delete goes through the backend once a build has applied, although the server has no state", async () => {
  const bench = await startBench();
  await started(bench);
  const { completed, failed, logs } = await run(bench, await buildJob(template(), { transition: DESTROY, hasApplied: true }));
  expect(failed?.error).toBeUndefined();
  expect(completed).toBeDefined();
  expect(textOf(logs)).toContain("terraform_data.box: Destruction complete");
  expect(backend.resources(name)).toEqual([]);
});

test("a delete of a workspace that has never applied leaves alone what others keep in the backend", async () => {
  const bench = await startBench();
  await started(bench);
  const before = requests().length;
  const { completed } = await run(bench, await buildJob(template("this is no Terraform"), { transition: DESTROY }));
  expect(completed).toBeDefined();
  expect(backend.resources(name)).toEqual(["box"]);
  expect(requests()).toHaveLength(before);
});

const cloud =
  'terraform {\n  cloud {\n    hostname     = "127.0.0.1"\n    organization = "o"\n    workspaces {\n      name = "w"\n    }\n  }\n}\n';

for (const { what, files, line } of [
  { what: "HCL", files: () => template(), line: 'state.tf line 2: the backend "http"' },
  {
    what: "JSON",
    files: () => ({
      "main.tf": BOX,
      "state.tf.json": `{\n"terraform": {\n"backend": {\n"http": {"address": "${backend.address(name)}"}}}}`,
    }),
    line: 'state.tf.json line 4: the backend "http"',
  },
  {
    what: "an override file",
    files: () => ({ "main.tf": `${BOX}terraform {\n  backend "s3" {}\n}\n`, "z_override.tf": backend.block(name) }),
    line: 'z_override.tf line 2: the backend "http"',
  },
  { what: "a cloud block", files: () => ({ "main.tf": BOX, "state.tf": cloud }), line: "state.tf line 2: the cloud block" },
]) {
  test(`an import does not ask the backend in ${what}, and warns that only one workspace can use it`, async () => {
    const bench = await startBench();
    const strange = { mode: "managed", type: "terraform_data", name: "strange", instances: [] };
    backend.put(name, { version: 4, serial: 3, lineage: "other", outputs: {}, resources: [strange] });
    const { completed, failed, logs } = await run(bench, await importJob(files()));
    expect(failed?.error).toBeUndefined();
    expect(completed?.type).toMatchObject({ value: { startResources: [{ name: "box" }], stopResources: [{ name: "box" }] } });
    expect(textOf(logs)).toContain(`${line} keeps one state, so only one workspace can use this template while it has this block.`);
    expect(requests()).toEqual([]);
  });
}

test("a dry run does not ask the backend", async () => {
  const bench = await startBench();
  const { completed } = await run(bench, {
    templateSourceArchive: await archive(template()),
    type: { case: "templateDryRun", value: {} },
  });
  expect(completed?.type).toMatchObject({ value: { resources: [{ name: "box" }] } });
  expect(requests()).toEqual([]);
});

test("a state that the backend did not take is the server's, and the next build hands it over", async () => {
  const bench = await startBench();
  backend.isReadOnly = true;
  const first = await run(bench, await buildJob(template(), { transition: START }));
  backend.isReadOnly = false;
  expect(first.failed?.error).toContain("Failed to save state");
  expect(textOf(first.logs)).toContain("The server keeps the state that Terraform could not write");
  const kept = stateOf(first);
  expect(JSON.parse(Buffer.from(kept).toString()).resources).toMatchObject([{ name: "box" }]);
  expect(backend.resources(name)).toEqual([]);

  const second = await run(bench, await buildJob(template(), { transition: START, hasApplied: true, state: kept }));
  expect(second.failed?.error).toBeUndefined();
  expect(textOf(second.logs)).toContain('is newer than what the backend "http" holds (state.tf line 2): it is moved there.');
  // It is the same object as before.
  expect(textOf(second.logs)).toContain("terraform_data.box: Refreshing state");
  expect(textOf(second.logs)).not.toContain("Creating...");
  expect(backend.resources(name)).toEqual(["box"]);
  // The server's copy ends with a successful build; until then it is the backend's.
  expect(stateOf(second)).toHaveLength(0);
  expect(JSON.parse(Buffer.from(second.states.at(-1) ?? []).toString())).toMatchObject({ lineage: backend.state(name)?.lineage });

  const third = await run(
    bench,
    await buildJob(template(), { transition: DESTROY, hasApplied: true, state: second.states.at(-1) ?? kept }),
  );
  expect(third.failed?.error).toBeUndefined();
  expect(textOf(third.logs)).not.toContain("it is moved there");
  expect(backend.resources(name)).toEqual([]);
});

test("a state of another workspace on the server and one in the backend are never mixed", async () => {
  const bench = await startBench();
  await started(bench);
  const strange = { version: 4, serial: 9, lineage: "11111111-0000-4000-8000-000000000000", outputs: {}, resources: [] };
  const state = Buffer.from(JSON.stringify(strange));
  const { failed } = await run(bench, await buildJob(template(), { transition: DESTROY, hasApplied: true, state }));
  expect(failed?.error).toContain('state.tf line 2: the backend "http" holds a state with one resource, which has nothing to do with');
  expect(backend.resources(name)).toEqual(["box"]);
});

test("where an earlier version had no backend, the state moves from the server to what a destroy has left there", async () => {
  const bench = await startBench();
  const own = await started(bench, { "main.tf": BOX });
  await started(bench);
  await run(bench, await buildJob(template(), { transition: DESTROY, hasApplied: true }));
  expect(backend.state(name)).toMatchObject({ resources: [] });
  const moved = await run(bench, await buildJob(template(), { transition: DESTROY, hasApplied: true, state: stateOf(own) }));
  expect(moved.failed?.error).toBeUndefined();
  expect(textOf(moved.logs)).toContain("terraform_data.box: Destruction complete");
});

test("the lock that a killed Terraform left is named with how to remove it, and the build goes on once it is gone", async () => {
  const bench = await startBench();
  const suicide = 'resource "terraform_data" "end" {\n  provisioner "local-exec" {\n    command = "kill -9 $PPID"\n  }\n}\n';
  const killed = await run(bench, await buildJob(template(suicide), { transition: START }));
  expect(killed.failed?.error).toBe("terraform apply was killed");
  expect(backend.isLocked(name)).toBe(true);
  const { failed, logs } = await run(bench, await buildJob(template(), { transition: START, hasApplied: true }));
  expect(failed?.error).toContain("Error acquiring the state lock");
  const hint =
    'may have left its lock in the backend "http" (state.tf line 2). If none is running on this state any more, remove the lock with';
  expect(failed?.error).toContain(hint);
  expect(textOf(logs)).toContain(hint);
  backend.unlock(name);
  await started(bench);
});

for (const { what, files } of [
  { what: "a backend that forgets it", files: { "main.tf": `${BOX}terraform {\n  backend "inmem" {}\n}\n` } },
  { what: "a name of Terraform's workspace that came with the archive", files: { "main.tf": BOX, ".terraform/environment": "two" } },
]) {
  test(`the server gets the state in spite of ${what}`, async () => {
    const bench = await startBench();
    const first = await started(bench, files);
    expect(JSON.parse(Buffer.from(stateOf(first)).toString()).resources).toMatchObject([{ name: "box" }]);
    expect(first.updates.flatMap(({ stateBackend }) => stateBackend ?? [])).toEqual([]);
  });
}

test("without a backend and a state, a workspace that has applied asks the server, and warns", async () => {
  const bench = await startBench();
  const { completed, updates, logs } = await run(bench, await buildJob({ "main.tf": BOX }, { transition: DESTROY, hasApplied: true }));
  expect(completed).toBeDefined();
  expect(updates.flatMap(({ stateBackend }) => stateBackend ?? [])).toMatchObject([{ type: "local", identity: new Uint8Array() }]);
  expect(textOf(logs)).toContain("the server has no state of this workspace");
});
