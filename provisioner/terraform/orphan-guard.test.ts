import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { isRunning } from "#test/provisioner/processes.ts";
import { startOrphanGuard } from "./orphan-guard.ts";

const PATH = process.env.PATH ?? "";

/** A command in a group of its own that has begun, and what it said until its end. */
async function command(script: string): Promise<{ pid: number; said: () => string; ended: Promise<unknown> }> {
  const child = spawn("/bin/sh", ["-c", `${script}`], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
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
  return { pid, said: () => said, ended };
}

test("interrupts a command whose daemon is gone", async () => {
  const guard = startOrphanGuard(PATH);
  const { pid, said, ended } = await command("trap 'echo interrupted; exit 1' INT; echo begun; while :; do sleep 0.1; done");
  guard.watch(pid);
  guard[Symbol.dispose]();
  await ended;
  expect(said()).toContain("interrupted");
});

test("kills a command that hears no interrupt, with all that it started", async () => {
  const guard = startOrphanGuard(PATH, 1);
  const { pid, said, ended } = await command("trap '' INT; sleep 120 & echo $! begun; wait");
  guard.watch(pid);
  guard[Symbol.dispose]();
  await ended;
  await expect.poll(() => isRunning(Number.parseInt(said(), 10)), { timeout: 5_000 }).toBe(false);
});

test("lets be what has ended its watch, and what nobody watches", async () => {
  const guard = startOrphanGuard(PATH, 1);
  const [kept, orphan] = [await command("echo begun; exec sleep 120"), await command("echo begun; exec sleep 120")];
  const watch = guard.watch(kept.pid);
  guard.watch(orphan.pid);
  watch[Symbol.dispose]();
  guard[Symbol.dispose]();
  await orphan.ended;
  expect(isRunning(kept.pid)).toBe(true);
});
