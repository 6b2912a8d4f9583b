import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";

import { DAEMON_API_VERSION, DAEMON_NAME, DAEMON_PROVISIONERS, PROVISIONER_API_LEVEL } from "#proto/call-metadata.ts";
import type { FailedJob } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";
import type { JobRecord } from "./fake-server.ts";
import { buildJob, DESTROY, importJob, START, startBench, textOf } from "./harness.ts";
import { processesOf } from "./processes.ts";

const plain = { "main.tf": 'resource "terraform_data" "box" {\n  input = "x"\n}\n' };

/** One resource that is created at once, and one that takes `seconds`. */
const slow = (seconds: number) => ({
  "main.tf": `resource "terraform_data" "quick" {
  input = "there"
}
resource "terraform_data" "slow" {
  provisioner "local-exec" {
    command = "echo slow-has-begun; exec sleep ${seconds}"
  }
}
`,
});

const hasBegun = (record: JobRecord) => record.logs.some(({ output }) => output.includes("slow-has-begun"));

function stateOf(failed: FailedJob | undefined): { resources: { name: string }[] } {
  if (failed?.type.case !== "workspaceBuild") throw new Error("expected a failed build");
  return JSON.parse(Buffer.from(failed.type.value.state).toString("utf8"));
}

const names = (state: { resources: { name: string }[] }) => state.resources.map(({ name }) => name);

test("sends state up while applying, before the apply is over", async () => {
  const { server } = await startBench();
  const id = server.enqueue(await buildJob(slow(2), { transition: START }));
  const record = server.record(id);
  const state = await server.until(() => record.states.at(-1), "state came up");
  expect(record.completed).toBeUndefined();
  expect(names(JSON.parse(Buffer.from(state).toString()))).toContain("quick");
  expect((await server.finished(id)).completed).toBeDefined();
});

test("a cancel in the middle of an apply interrupts Terraform and keeps the state that it wrote", async () => {
  const { server, directory } = await startBench();
  const id = server.enqueue(await buildJob(slow(120), { transition: START }));
  const record = server.record(id);
  await server.until(() => hasBegun(record), "the apply has begun");
  record.canceled = true;
  const startedAt = performance.now();
  const { failed, logs } = await server.finished(id);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  // A canceled job has no error: with one, its status would be "failed".
  expect(failed?.error).toBe("");
  expect(names(stateOf(failed))).toEqual(["quick", "slow"]);
  expect(textOf(logs)).toContain("The job was canceled.");
  await expect.poll(() => readdir(path.join(directory, "work"))).toEqual(["templates"]);
});

test("a canceled job that does not end is killed, with all that it started, and says so", async () => {
  const directory = await mkdtemp(path.join(tmpdir(), "stubborn-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const terraform = path.join(directory, "terraform");
  // Behaves like Terraform, but its apply ignores interrupts.
  const forever = `120.${Date.now()}`;
  const script = `#!/bin/sh
if [ "$1" != apply ]; then exec terraform "$@"; fi
trap '' INT
echo slow-has-begun
sleep ${forever} &
wait
`;
  await writeFile(terraform, script, { mode: 0o755 });
  const { server } = await startBench({ forceCancelMs: 300, terraform });
  const id = server.enqueue(await buildJob(plain, { transition: START }));
  const record = server.record(id);
  await server.until(() => hasBegun(record), "the apply has begun");
  await expect.poll(() => processesOf(forever)).not.toEqual([]);
  record.canceled = true;
  const { failed, logs } = await server.finished(id);
  // It was canceled, and is; the log tells what that may have cost.
  expect(failed?.error).toBe("");
  expect(textOf(logs)).toContain(
    "Terraform did not end within 0.3 s after it was interrupted, so it was killed: its state may be incomplete.",
  );
  await expect.poll(() => processesOf(forever), { timeout: 5_000 }).toEqual([]);
});

test("drain lets the running job end and takes no other", async () => {
  const { server, daemon } = await startBench();
  const id = server.enqueue(await buildJob(slow(1), { transition: START }));
  await server.until(() => hasBegun(server.record(id)), "the apply has begun");
  const drained = daemon.drain();
  const second = server.enqueue(await importJob(plain));
  await drained;
  expect(server.record(id).completed).toBeDefined();
  expect(server.record(second).updates).toEqual([]);
});

test("drain ends an idle daemon at once, and so does a second one", async () => {
  const { server, daemon } = await startBench();
  await server.until(() => server.acquires > 0, "the daemon waits for a job");
  await daemon.drain();
  await daemon.drain();
  await daemon[Symbol.asyncDispose]();
});

test("interrupt ends the running job with its state", async () => {
  const { server, daemon } = await startBench();
  const id = server.enqueue(await buildJob(slow(120), { transition: START }));
  await server.until(() => hasBegun(server.record(id)), "the apply has begun");
  await daemon.interrupt();
  const { failed } = server.record(id);
  expect(failed?.error).toBe("the provisioner daemon was shut down while it ran this job");
  expect(names(stateOf(failed))).toContain("quick");
});

test("an apply that fails gives its error, and the state that it reached", async () => {
  const { server } = await startBench();
  const main = `resource "terraform_data" "quick" {}
resource "terraform_data" "bad" {
  depends_on = [terraform_data.quick]
  provisioner "local-exec" {
    command = "echo oh-no >&2; exit 3"
  }
}
`;
  const { failed } = await server.finished(server.enqueue(await buildJob({ "main.tf": main }, { transition: START })));
  expect(failed?.error).toContain("local-exec provisioner error");
  expect(failed?.error).toContain('on main.tf line 4, in resource "terraform_data" "bad":');
  expect(names(stateOf(failed))).toEqual(["bad", "quick"]);
  const again = await buildJob({ "main.tf": main }, { transition: DESTROY, state: Buffer.from(JSON.stringify(stateOf(failed))) });
  expect((await server.finished(server.enqueue(again))).completed).toBeDefined();
});

test("a plan that fails leaves the stored state alone", async () => {
  const { server } = await startBench();
  const state = Buffer.from(JSON.stringify({ version: 4, serial: 1, lineage: "l", outputs: {}, resources: [] }));
  const job = await buildJob({ "main.tf": 'resource "terraform_nope" "a" {}\n' }, { transition: START, state });
  const { failed } = await server.finished(server.enqueue(job));
  expect(failed?.error).toContain("Invalid resource type");
  expect(failed?.type).toMatchObject({ case: "workspaceBuild", value: { state: new Uint8Array() } });
});

test("a lease that the server does not renew stops the run", async () => {
  const { server, log } = await startBench({}, (fake) => {
    fake.leaseMs = 1_500;
  });
  const id = server.enqueue(await buildJob(slow(120), { transition: START }));
  await server.until(() => hasBegun(server.record(id)), "the apply has begun");
  server.updateFailure = new StatusError("UNAVAILABLE", "the database is away");
  const { failed } = await server.finished(id);
  expect(failed?.error).toContain("the server did not answer for most of the job's lease of 1.5 s");
  expect(names(stateOf(failed))).toContain("quick");
  expect(log.some(({ msg }) => msg === "job failed")).toBe(true);
});

test("a job that the server took away is stopped at once", async () => {
  const { server } = await startBench();
  const id = server.enqueue(await buildJob(slow(120), { transition: START }));
  await server.until(() => hasBegun(server.record(id)), "the apply has begun");
  server.updateFailure = new StatusError("FAILED_PRECONDITION", "you do not own this job");
  const { failed } = await server.finished(id);
  expect(failed?.error).toBe("the server took the job away: you do not own this job");
});

test("an outage that is shorter than the lease costs nothing but a retry", async () => {
  const { server } = await startBench();
  const id = server.enqueue(await buildJob(slow(1), { transition: START }));
  await server.until(() => hasBegun(server.record(id)), "the apply has begun");
  server.completeFailures.push(new StatusError("UNAVAILABLE", "restarting"), new StatusError("UNAVAILABLE", "restarting"));
  const record = await server.finished(id);
  expect(record.completed).toBeDefined();
  expect(record.failed).toBeUndefined();
});

test("the lease is renewed until the server has taken the result, however long that takes", async () => {
  const { server } = await startBench({}, (fake) => {
    fake.leaseMs = 1_500;
  });
  for (let n = 0; n < 1_000; n++) server.completeFailures.push(new StatusError("UNAVAILABLE", "busy"));
  const id = server.enqueue(await buildJob(plain, { transition: START }));
  const record = server.record(id);
  await server.until(() => server.completeFailures.length < 1_000, "the result was told");
  const before = record.updates.length;
  await server.until(() => record.updates.length > before + 20, "the lease was renewed for longer than it lasts");
  server.completeFailures.length = 0;
  expect((await server.finished(id)).failed).toBeUndefined();
});

test("a result that the server refuses becomes a failure that keeps the state", async () => {
  const { server } = await startBench();
  const id = server.enqueue(await buildJob(plain, { transition: START }));
  server.completeFailures.push(new StatusError("INVALID_ARGUMENT", 'agent "x": unknown scope'));
  const { failed } = await server.finished(id);
  expect(failed?.error).toBe('the server did not accept the job\'s result: agent "x": unknown scope');
  expect(names(stateOf(failed))).toEqual(["box"]);
});

test("a state that the server takes in no way is kept on the daemon's machine, and the failure says where", async () => {
  const { server, directory } = await startBench();
  const id = server.enqueue(await buildJob(plain, { transition: START }));
  server.completeFailures.push(new StatusError("INVALID_ARGUMENT", "no"));
  server.failFailures.push(new StatusError("PERMISSION_DENIED", "no"));
  const { failed } = await server.finished(id);
  const file = path.join(directory, "work", `undelivered-${id}.tfstate`);
  expect(failed?.error).toContain(file);
  expect(failed?.type).toMatchObject({ case: "workspaceBuild", value: { state: new Uint8Array() } });
  expect(names(JSON.parse(await readFile(file, "utf8")))).toEqual(["box"]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("a state that cannot be read is not taken for none", async () => {
  const directory = await mkdtemp(path.join(tmpdir(), "unreadable-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const terraform = path.join(directory, "terraform");
  const script = '#!/bin/sh\nterraform "$@" || exit\nif [ "$1" = apply ]; then rm terraform.tfstate && mkdir terraform.tfstate; fi\n';
  await writeFile(terraform, script, { mode: 0o755 });
  const { server } = await startBench({ terraform });
  const { completed, failed } = await server.finished(server.enqueue(await buildJob(plain, { transition: START })));
  expect(completed).toBeUndefined();
  expect(failed?.error).toMatch(
    /^The provisioner daemon's work folder .*terraform\.tfstate cannot be used because a folder is in its place/,
  );
});

test("a template that cannot be remembered is built all the same", async () => {
  const { server, directory } = await startBench();
  await mkdir(path.join(directory, "work"), { recursive: true });
  await writeFile(path.join(directory, "work", "templates"), "in the way");
  expect((await server.finished(server.enqueue(await buildJob(plain, { transition: START })))).completed).toBeDefined();
});

test("what the server says about missing variables reaches the job's error, with its code", async () => {
  const { server } = await startBench({}, (fake) => {
    fake.onUpdate = ({ templateVariables }) => {
      const [variable] = templateVariables;
      if (variable !== undefined) throw new StatusError("INVALID_ARGUMENT", `required template variables need values: ${variable.name}`);
      return {};
    };
  });
  const { failed } = await server.finished(server.enqueue(await importJob({ "main.tf": 'variable "region" {}\n' })));
  expect(failed).toMatchObject({ error: "required template variables need values: region", errorCode: "REQUIRED_TEMPLATE_VARIABLES" });
});

test("values of variables reach the plan, lists and odd texts too, and never a command line", async () => {
  const { server } = await startBench({}, (fake) => {
    fake.onUpdate = ({ templateVariables }) => ({
      variableValues: templateVariables.map(({ name }) => ({ name, value: name === "zones" ? '["a","b"]' : 'x "y" $z' })),
    });
  });
  const main = `variable "zones" {
  type = list(string)
}
variable "text" {}
resource "terraform_data" "z" {
  for_each = toset(var.zones)
  input    = var.text
}
`;
  const { completed, failed, updates } = await server.finished(server.enqueue(await importJob({ "main.tf": main })));
  expect(failed?.error).toBeUndefined();
  expect(completed?.type.value).toMatchObject({ startResources: [{ name: "z" }, { name: "z" }] });
  expect(updates.find(({ templateVariables }) => templateVariables.length > 0)?.templateVariables).toMatchObject([
    { name: "zones", type: "list(string)", required: true },
    { name: "text", required: true },
  ]);
});

test("an archive with a path that leads out fails the job, names the entry, and writes nothing", async () => {
  const { server, directory } = await startBench();
  const { failed, logs } = await server.finished(server.enqueue(await importJob({ ...plain, "../evil.tf": "x" })));
  expect(failed?.error).toBe('archive entry "../evil.tf" leads out of the directory');
  expect(textOf(logs)).toContain("../evil.tf");
  expect(await readdir(directory)).toEqual(["work"]);
});

test("announces itself with every call", async () => {
  const { server } = await startBench();
  await server.finished(server.enqueue(await importJob(plain)));
  for (const { metadata } of server.calls) {
    expect(metadata.get(DAEMON_API_VERSION)).toEqual([PROVISIONER_API_LEVEL]);
    expect(metadata.get(DAEMON_NAME)).toEqual(["tester"]);
    expect(metadata.get(DAEMON_PROVISIONERS)).toEqual(["terraform"]);
  }
});

for (const { given, options, refusal, code } of [
  { given: "a wrong key", options: { key: "wrong" }, refusal: undefined, code: "UNAUTHENTICATED" },
  {
    given: "a refused API version",
    options: {},
    refusal: new StatusError(
      "FAILED_PRECONDITION",
      'API version "1.19": newer than this server, which speaks 1.18; upgrade the server first',
    ),
    code: "FAILED_PRECONDITION",
  },
]) {
  test(`${given} is logged once, and tried again until it goes through`, async () => {
    const { server, log } = await startBench(options, (fake) => {
      fake.refusal = refusal;
    });
    await server.until(() => server.acquires >= 6, "the daemon has tried again");
    const complaints = log.filter(({ level }) => level === 50);
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toMatchObject({ code });
    if (refusal === undefined) return;
    server.refusal = undefined;
    expect((await server.finished(server.enqueue(await importJob(plain)))).completed).toBeDefined();
    expect(log.some(({ msg }) => msg === "the server accepts this daemon again")).toBe(true);
  });
}

test("renews its wait for a job, so that a connection that died is noticed", async () => {
  const { server } = await startBench({ acquireRefreshMs: 30 });
  await server.until(() => server.acquires >= 4, "the wait was renewed");
  expect((await server.finished(server.enqueue(await importJob(plain)))).completed).toBeDefined();
});

test("a server that is away does not keep the daemon from ending", async () => {
  const { server, daemon } = await startBench({ serverUrl: "http://127.0.0.1:1" });
  await daemon.drain();
  expect(server.acquires).toBe(0);
});
