/**
 * Measures how long a workspace stays taken when the daemon or the server of its build dies, and how long a graceful stop takes, on an idle
 * machine with SQLite. Run: `node bench/recovery.ts [rounds] [lease in seconds]`.
 *
 * The times are compared with what nobody can be faster than: the lease, if nobody tells the server that a daemon is dead; the start of the
 * program that tells it; the rest of an apply that may finish.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readEvents } from "#test/faults/made.ts";
import { type ProcessWatch, watchProcesses } from "#test/faults/process-table.ts";
import type { Program } from "#test/faults/programs.ts";
import { openWorld, type World } from "#test/faults/world.ts";
import { machine, median } from "./report.ts";

const ROUNDS = Number(process.argv[2] ?? 5);
const LEASE_MS = Number(process.argv[3] ?? 8) * 1_000;
const POLL_MS = 10;
const LONG_MS = 120_000;

/** A build whose Terraform has something in hand. */
interface Running {
  readonly workspaceId: string;
  readonly jobPath: string;
}

let names = 0;

async function startApply({ api, made, templates }: World): Promise<Running> {
  const workspace = await api.post("/users/me/workspaces", { name: `bench-${names++}`, template_id: templates.chain.templateId });
  // The first resource is in the state then, and the second one is being made.
  await until(() => readEvents(made, workspace.id).length >= 3);
  return { workspaceId: workspace.id, jobPath: `/workspacebuilds/${workspace.latest_build.id}` };
}

/** Waits until the job has ended and another build of the workspace is accepted. */
async function untilFree({ api }: World, { workspaceId, jobPath }: Running): Promise<void> {
  await until(async () => {
    const { status, body } = await api.ask("GET", jobPath, undefined, { withinMs: 2_000 }).catch(() => ({ status: 0, body: undefined }));
    return status === 200 && !["pending", "running", "canceling"].includes(body.job.status);
  });
  const { status } = await api.ask("POST", `/workspaces/${workspaceId}/builds`, { transition: "delete" });
  if (status !== 201) throw new Error(`the workspace is not free: ${status}`);
}

async function untilDeleted({ api, terraforms, states }: World, { workspaceId }: Running): Promise<void> {
  await until(async () => (await api.ask("GET", `/workspaces/${workspaceId}`)).status !== 200);
  await until(() => terraforms().length === 0 && states.jobDirectories().length === 0);
}

async function until(isThere: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + LONG_MS;
  while (!(await isThere())) {
    if (performance.now() > deadline) throw new Error(`nothing within ${LONG_MS} ms`);
    await sleep(POLL_MS);
  }
}

/** Repeats a scenario, each time with a build in the middle of its apply, and deletes the workspace after it. */
async function repeat<T>(world: World, scenario: (running: Running) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const running = await startApply(world);
    results.push(await scenario(running));
    await world.startAll();
    await untilDeleted(world, running);
  }
  return results;
}

/** Kills something, and returns how long the workspace is taken from then on. */
function takenAfter(world: World, kill: () => Promise<void>) {
  return async (running: Running): Promise<number> => {
    const startedAt = performance.now();
    await kill();
    await untilFree(world, running);
    return performance.now() - startedAt;
  };
}

/** Tells a program to end, and returns how long it takes, if it lets the apply finish. */
function endAfter(world: World, find: () => Program) {
  return async (running: Running): Promise<number> => {
    const startedAt = performance.now();
    const program = find();
    program.signal("SIGTERM");
    if (!(await program.ends(LONG_MS))) throw new Error(`${program.name} does not end`);
    const endedMs = performance.now() - startedAt;
    await world.startAll();
    await untilFree(world, running);
    const { job } = await world.api.get(running.jobPath);
    if (job.status !== "succeeded") throw new Error(`the build of a program that was told to end is ${job.status}`);
    return endedMs;
  };
}

/** Prints the median of the times as what nobody can be faster than, and the rest. */
function print(what: string, times: readonly number[], floor: string, floorMs: number, goalMs: number): void {
  const over = median(times) - floorMs;
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;
  const spread = `${seconds(Math.min(...times))} to ${seconds(Math.max(...times))}, n=${times.length}`;
  const goal = `goal: at most ${seconds(goalMs)} more, ${over <= goalMs ? "met" : "MISSED"}`;
  const sum = `${floor} ${seconds(floorMs)} ${over < 0 ? "-" : "+"} ${seconds(Math.abs(over))}`;
  console.log(`${what.padEnd(46)} ${seconds(median(times))} (${spread}) = ${sum}; ${goal}`);
}

async function measureExternal(world: World): Promise<void> {
  const holder = (): Program => {
    const busy = world.states.jobDirectories();
    const found = world.daemons.find(({ workDirectory }) => busy.some((directory) => directory.startsWith(`${workDirectory}/`)));
    if (found === undefined) throw new Error("no daemon has the job");
    return found.program;
  };
  const killed = await repeat(
    world,
    takenAfter(world, () => holder().kill()),
  );
  print("daemon killed, until the workspace is free", killed, "lease", LEASE_MS, 1_000);

  const restarted = await repeat(
    world,
    takenAfter(world, async () => {
      const program = holder();
      await program.kill();
      await program.start();
    }),
  );
  print("the same, and the daemon is started again", restarted, "its start", median(await daemonStarts(world)), 1_000);

  const rest = await repeat(
    world,
    takenAfter(world, async () => {}),
  );
  print("daemon told to end, until it has ended", await repeat(world, endAfter(world, holder)), "the apply's rest", median(rest), 1_000);
}

/** How long a daemon that has nothing to rescue takes from its start until it has a job that waits for it. */
async function daemonStarts({ daemons, api, templates, startAll }: World): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const { program } of daemons) await program.kill();
    // The server must not give the job to one of those that it has not yet seen go.
    await sleep(1_000);
    const version = await api.createVersion(templates.chain.fileId);
    const startedAt = performance.now();
    await daemons[0]?.program.start();
    await until(async () => (await api.get(`/templateversions/${version.id}`)).job.status !== "pending");
    times.push(performance.now() - startedAt);
    await api.jobEnd(`/templateversions/${version.id}`, LONG_MS);
  }
  await startAll();
  return times;
}

async function measureOwn(world: World): Promise<void> {
  const killed = await repeat(world, async (running) => {
    const startedAt = performance.now();
    await world.server.kill();
    await world.server.start();
    const readyMs = performance.now() - startedAt;
    await untilFree(world, running);
    return { readyMs, freeMs: performance.now() - startedAt };
  });
  const ready = median(killed.map(({ readyMs }) => readyMs));
  const free = killed.map(({ freeMs }) => freeMs);
  print("server with own daemons killed, started again", free, "its start", ready, 2_000);

  const rest = await repeat(
    world,
    takenAfter(world, async () => {}),
  );
  const ends = await repeat(
    world,
    endAfter(world, () => world.server),
  );
  print("server told to end, until it has ended", ends, "the apply's rest", median(rest), 1_000);
}

const directory = await mkdtemp(join(tmpdir(), "proviso-recovery-"));
try {
  console.log(`recovery, lease ${LEASE_MS / 1_000} s\n${machine()}`);
  using processes: ProcessWatch = watchProcesses();
  const options = { database: "sqlite", parent: directory, leaseMs: LEASE_MS, processes, hasDisks: false } as const;
  {
    await using world = await openWorld({ ...options, daemon: "external" });
    await measureExternal(world);
  }
  await using world = await openWorld({ ...options, daemon: "own" });
  await measureOwn(world);
} finally {
  await rm(directory, { recursive: true, force: true });
}
