import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isRunning } from "#test/provisioner/processes.ts";
import { makeNamedPipes, openNamedPipe } from "#transport/named-pipes.ts";
import { Lease } from "../lease.ts";
import { type Guard, startGuard } from "./guard.ts";
import type { CommandFacts } from "./guarded-command.ts";

const NO_LEASE = new Lease(0, 0);
const FOREVER = "while :; do sleep 0.05; done";

/** A command in a group of its own that has begun. */
async function command(script: string) {
  const child = spawn("/bin/sh", ["-c", script], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
  const { pid } = child;
  if (pid === undefined) throw new Error("no shell");
  onTestFinished(() => {
    if (isRunning(pid)) process.kill(-pid, "SIGKILL");
  });
  let said = "";
  const begun = Promise.withResolvers<void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (said.includes("begun")) begun.resolve();
  });
  const ended = once(child, "close");
  await begun.promise;
  const marker = path.join(await folder(), "interrupted");
  return { facts: { pid, pipes: [], marker } satisfies CommandFacts, said: () => said, ended, pid };
}

function guard(): Guard {
  const started = startGuard();
  onTestFinished(() => started[Symbol.dispose]());
  return started;
}

/** A daemon that only has a guard: a program that can be killed or stopped. It watches one command, under a lease if one is given. */
async function daemonWith(facts: CommandFacts, leaseMs: number): Promise<ChildProcess> {
  const [guardFile, leaseFile] = ["./guard.ts", "../lease.ts"].map((file) => path.join(import.meta.dirname, file));
  const program = `
    const { startGuard } = await import(${JSON.stringify(guardFile)});
    const { Lease } = await import(${JSON.stringify(leaseFile)});
    startGuard().watch(${JSON.stringify(facts)}, new Lease(${leaseMs}, Number(process.hrtime.bigint()) / 1e6));
    console.log("watching");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child;
}

async function folder(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "guard-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

test("interrupts a command whose daemon is killed, once, and says so in a file", async () => {
  const { facts, said, ended } = await command(`trap 'echo interrupted; sleep 0.3; exit 1' INT; echo begun; ${FOREVER}`);
  const daemon = await daemonWith(facts, 45_000);
  daemon.kill("SIGKILL");
  await ended;
  expect(said().match(/interrupted/g)).toHaveLength(1);
  expect(existsSync(facts.marker)).toBe(true);
});

test("a command that hears no interrupt is killed by the end of its lease, with all that it started", async () => {
  const { facts, said, ended } = await command("trap '' INT; sleep 120 & echo $! begun; wait");
  const daemon = await daemonWith(facts, 3_000);
  const startedAt = performance.now();
  daemon.kill("SIGKILL");
  await ended;
  expect(performance.now() - startedAt).toBeLessThan(3_000);
  await expect.poll(() => isRunning(Number.parseInt(said(), 10))).toBe(false);
});

test("the command of a stopped daemon is interrupted and killed in time too", async () => {
  const [hears, deaf] = [
    await command(`trap 'echo interrupted; exit 1' INT; echo begun; ${FOREVER}`),
    await command(`trap '' INT; echo begun; ${FOREVER}`),
  ];
  for (const { facts } of [hears, deaf]) (await daemonWith(facts, 1_500)).kill("SIGSTOP");
  await Promise.all([hears.ended, deaf.ended]);
  expect(hears.said()).toContain("interrupted");
});

test("reads the output of a command whose daemon cannot, so that the command never halts", async () => {
  const directory = await folder();
  const pipes = await makeNamedPipes(directory);
  if (pipes === undefined) throw new Error("no named pipes here");
  const done = path.join(directory, "done");
  const out = openNamedPipe(pipes.stdout);
  const child = spawn("/bin/sh", ["-c", `trap 'head -c 1000000 /dev/zero; touch ${done}; exit' INT; ${FOREVER}`], {
    detached: true,
    stdio: ["ignore", out.writeEnd, "ignore"],
  });
  const daemon = await daemonWith({ pid: child.pid ?? 0, pipes: [pipes.stdout], marker: path.join(directory, "interrupted") }, 45_000);
  out.readEnd.destroy();
  daemon.kill("SIGKILL");
  await once(child, "exit");
  expect(existsSync(done)).toBe(true);
});

test("does not interrupt again what the daemon has interrupted", async () => {
  const { facts, said, ended } = await command(`trap 'echo interrupted' INT; echo begun; sleep 1; echo over`);
  const one = guard();
  const watch = one.watch(facts, NO_LEASE);
  expect([watch.beforeAsk(), watch.beforeAsk()]).toEqual([true, false]);
  one[Symbol.dispose]();
  await ended;
  expect(said()).not.toContain("interrupted");
  expect(said()).toContain("over");
});

test("leaves alone what has ended its watch, and what nobody watches", async () => {
  const one = guard();
  const [kept, orphan] = [await command("echo begun; exec sleep 120"), await command("echo begun; exec sleep 120")];
  const watch = one.watch(kept.facts, NO_LEASE);
  one.watch(orphan.facts, NO_LEASE);
  watch[Symbol.dispose]();
  one[Symbol.dispose]();
  await orphan.ended;
  expect(isRunning(kept.pid)).toBe(true);
});
