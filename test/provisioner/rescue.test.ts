/** What becomes of a job when its daemon, its guard or Terraform dies. Daemons are processes here, to be killed for real. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { CompletedJob, FailedJob } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";
import { FakeServer, type JobRecord } from "./fake-server.ts";
import { buildJob, START, textOf } from "./harness.ts";
import { isRunning, processesOf } from "./processes.ts";

const PROVISO = path.join(import.meta.dirname, "../../bin/proviso");

/** One resource that is created at once, and one that takes `seconds`; each writes down that it exists. */
const slow = (world: string, seconds: number) => ({
  "main.tf": `resource "terraform_data" "quick" {
  input = "there"
}
resource "terraform_data" "slow" {
  depends_on = [terraform_data.quick]
  provisioner "local-exec" {
    command = "touch ${world}/made; echo slow-has-begun; exec sleep ${seconds}"
  }
}
`,
});

async function world() {
  const directory = await mkdtemp(path.join(tmpdir(), "rescue-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const server = await FakeServer.start();
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { directory, server, work: path.join(directory, "work") };
}

function startDaemon(server: FakeServer, work: string, args: readonly string[] = []) {
  const child = spawn(PROVISO, ["provisioner", "start", "--url", server.url, "--cache-dir", work, "--name", "mortal", ...args], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, CHECKPOINT_DISABLE: "1", CODER_PROVISIONER_DAEMON_KEY: FakeServer.key },
  });
  const { pid = 0 } = child;
  onTestFinished(() => {
    if (isRunning(pid)) process.kill(pid, "SIGCONT");
    child.kill("SIGKILL");
  });
  return {
    pid,
    kill: async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

function guardOf(daemon: number): number {
  const found = processesOf("proviso-guard").find((pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === daemon;
  });
  if (found === undefined) throw new Error("the daemon has no guard");
  return found;
}

async function applyOf(work: string): Promise<{ pid: number }> {
  const [job] = (await readdir(work)).filter((name) => name.startsWith("job-"));
  return JSON.parse(await readFile(path.join(work, job ?? "", "apply.json"), "utf8"));
}

const hasBegun = (record: JobRecord) => record.logs.some(({ output }) => output.includes("slow-has-begun"));

function namesOf({ type }: Pick<FailedJob | CompletedJob, "type">): string[] {
  if (type.case !== "workspaceBuild") throw new Error("expected a build");
  const { resources }: { resources: { name: string }[] } = JSON.parse(Buffer.from(type.value.state).toString());
  return resources.map(({ name }) => name).sort();
}

for (const { dies, alsoKilled } of [
  { dies: "a daemon", alsoKilled: [] },
  { dies: "a daemon together with its guard", alsoKilled: ["guard"] },
  { dies: "a daemon together with its guard and Terraform", alsoKilled: ["guard", "terraform"] },
]) {
  test(`when ${dies} dies, the next start ends the job with all that Terraform wrote`, { timeout: 60_000 }, async () => {
    const { directory, server, work } = await world();
    const first = startDaemon(server, work);
    const id = server.enqueue(await buildJob(slow(directory, 120), { transition: START }));
    const record = server.record(id);
    await server.until(() => hasBegun(record), "the apply has begun");
    const terraform = await applyOf(work);
    const guard = guardOf(first.pid);
    if (alsoKilled.includes("guard")) process.kill(guard, "SIGKILL");
    await first.kill();
    if (alsoKilled.includes("terraform")) process.kill(-terraform.pid, "SIGKILL");
    startDaemon(server, work);
    const { failed } = await server.finished(id);
    expect(failed?.error).toContain("The provisioner daemon mortal died while it ran this job. Terraform was ended");
    if (failed === undefined) return;
    // What Terraform had in hand when it was killed itself is lost; nothing else is.
    expect(namesOf(failed)).toEqual(alsoKilled.includes("terraform") ? ["quick"] : ["quick", "slow"]);
    expect(isRunning(terraform.pid)).toBe(false);
    await expect.poll(async () => (await readdir(work)).filter((name) => name.startsWith("job-"))).toEqual([]);
    expect(server.record(server.enqueue(await buildJob(slow(directory, 0), { transition: START })))).toBeDefined();
  });
}

test("a daemon that dies before the apply ends its job at its next start, and says that nothing was changed", async () => {
  const { directory, server, work } = await world();
  const terraform = path.join(directory, "terraform");
  const forever = `60.${Date.now()}`;
  await writeFile(terraform, `#!/bin/sh\nif [ "$1" = plan ]; then exec sleep ${forever}; fi\nexec terraform "$@"\n`, {
    mode: 0o755,
  });
  const first = startDaemon(server, work, ["--terraform", terraform]);
  const id = server.enqueue(await buildJob(slow(directory, 0), { transition: START }));
  await expect.poll(() => processesOf(forever), { timeout: 10_000 }).not.toEqual([]);
  await first.kill();
  startDaemon(server, work);
  const { failed } = await server.finished(id);
  expect(failed?.error).toContain("Terraform had not begun to change anything.");
  expect(failed?.type).toMatchObject({ case: "workspaceBuild", value: { state: new Uint8Array() } });
});

test("a result that no server took before its daemon died is told at the next start", { timeout: 60_000 }, async () => {
  const { directory, server, work } = await world();
  const first = startDaemon(server, work);
  for (let n = 0; n < 1_000; n++) server.completeFailures.push(new StatusError("UNAVAILABLE", "away"));
  const id = server.enqueue(await buildJob(slow(directory, 0), { transition: START }));
  const saved = () => readdir(work, { recursive: true }).then((names) => names.some((name) => name.endsWith("ending.bin")));
  await expect.poll(saved, { timeout: 20_000 }).toBe(true);
  await first.kill();
  server.completeFailures.length = 0;
  startDaemon(server, work);
  const { completed } = await server.finished(id);
  expect(completed === undefined ? [] : namesOf(completed)).toEqual(["quick", "slow"]);
  await expect.poll(async () => (await readdir(work)).filter((name) => name.startsWith("job-"))).toEqual([]);
});

test("the Terraform of a stopped daemon is over before the lease is", { timeout: 60_000 }, async () => {
  const { directory, server, work } = await world();
  server.leaseMs = 3_000;
  const daemon = startDaemon(server, work);
  const id = server.enqueue(await buildJob(slow(directory, 120), { transition: START }));
  const record = server.record(id);
  await server.until(() => hasBegun(record), "the apply has begun");
  const terraform = await applyOf(work);
  const stoppedAt = performance.now();
  process.kill(daemon.pid, "SIGSTOP");
  await expect.poll(() => isRunning(terraform.pid), { timeout: 10_000, interval: 20 }).toBe(false);
  expect(performance.now() - stoppedAt).toBeLessThan(3_000);
  process.kill(daemon.pid, "SIGCONT");
  const { failed } = await server.finished(id);
  expect(failed?.error).toContain("the server did not answer for most of the job's lease");
  expect(failed === undefined ? [] : namesOf(failed)).toEqual(["quick", "slow"]);
});

test("a guard that dies is replaced, and the new one knows what runs", { timeout: 60_000 }, async () => {
  const { directory, server, work } = await world();
  const daemon = startDaemon(server, work);
  const id = server.enqueue(await buildJob(slow(directory, 120), { transition: START }));
  await server.until(() => hasBegun(server.record(id)), "the apply has begun");
  const guard = guardOf(daemon.pid);
  process.kill(guard, "SIGKILL");
  await expect
    .poll(() => processesOf("proviso-guard").some((pid) => pid !== guard && guardOf(daemon.pid) === pid), { timeout: 5_000 })
    .toBe(true);
  const terraform = await applyOf(work);
  await daemon.kill();
  await expect.poll(() => isRunning(terraform.pid), { timeout: 10_000 }).toBe(false);
});

test("a killed Terraform takes along what it had in hand, and the job ends", { timeout: 60_000 }, async () => {
  const { directory, server, work } = await world();
  startDaemon(server, work);
  const id = server.enqueue(await buildJob(slow(directory, 120), { transition: START }));
  await server.until(() => hasBegun(server.record(id)), "the apply has begun");
  process.kill((await applyOf(work)).pid, "SIGKILL");
  const { failed } = await server.finished(id);
  expect(failed?.error).toBe("terraform apply was killed");
  expect(failed === undefined ? [] : namesOf(failed)).toEqual(["quick"]);
});

test("a wrapper that starts Terraform and ends is waited for", { timeout: 60_000 }, async () => {
  const { directory, server, work } = await world();
  const terraform = path.join(directory, "terraform");
  await writeFile(terraform, '#!/bin/sh\nif [ "$1" != apply ]; then exec terraform "$@"; fi\nterraform "$@" &\nsleep 0.5\n', {
    mode: 0o755,
  });
  startDaemon(server, work, ["--terraform", terraform]);
  const id = server.enqueue(await buildJob(slow(directory, 3), { transition: START }));
  const { completed, logs } = await server.finished(id);
  expect(completed === undefined ? textOf(logs) : namesOf(completed)).toEqual(["quick", "slow"]);
});

test("a state that Terraform could only print is kept", async () => {
  const { directory, server, work } = await world();
  const terraform = path.join(directory, "terraform");
  const state = { version: 4, serial: 7, lineage: "l", outputs: {}, resources: [{ name: "printed" }] };
  const event = JSON.stringify({ "@level": "info", "@message": "Emergency state dump", "@module": "terraform.ui", state });
  await writeFile(terraform, `#!/bin/sh\nif [ "$1" != apply ]; then exec terraform "$@"; fi\ncat <<'END'\n${event}\nEND\nexit 1\n`, {
    mode: 0o755,
  });
  startDaemon(server, work, ["--terraform", terraform]);
  const { failed, logs } = await server.finished(server.enqueue(await buildJob(slow(directory, 0), { transition: START })));
  expect(failed === undefined ? [] : namesOf(failed)).toEqual(["printed"]);
  expect(textOf(logs)).not.toContain("lineage");
});
