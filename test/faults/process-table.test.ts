import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isApplying, readProcesses, signalIfThere, watchProcesses } from "./process-table.ts";

test("finds a process with its parent, program, directory and command, until it has ended", async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "proviso-process-test-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const child = spawn("sleep", ["60"], { cwd: folder, stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "spawn");
  const find = () => readProcesses().find(({ pid }) => pid === child.pid);
  await expect.poll(find).toMatchObject({ parent: process.pid, directory: folder, command: "sleep 60" });
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(find()).toBeUndefined();
  signalIfThere(child.pid ?? 0, "SIGKILL");
});

test("knows whose guard it is after the daemon that started it has died", async () => {
  using watch = watchProcesses();
  const daemon = spawn("/bin/sh", ["-c", "sh -c 'sleep 60; :' proviso-guard & echo $!; wait"], { stdio: ["ignore", "pipe", "ignore"] });
  const guard = Number(String((await once(daemon.stdout, "data"))[0]));
  onTestFinished(() => {
    for (const { pid } of readProcesses().filter(({ pid, parent }) => pid === guard || parent === guard)) signalIfThere(pid, "SIGKILL");
  });
  const family = new Set([daemon.pid ?? 0]);
  await expect.poll(() => watch.guards(family).map(({ pid }) => pid)).toEqual([guard]);
  daemon.kill("SIGKILL");
  await once(daemon, "exit");
  expect(watch.guards(family).map(({ pid }) => pid)).toEqual([guard]);
  expect(watch.guards(new Set([process.pid + 1_000_000]))).toEqual([]);
});

test("only an apply changes something", () => {
  const entry = { pid: 1, parent: 0, program: "terraform", directory: "/" };
  expect(isApplying({ ...entry, command: "terraform apply -json plan" })).toBe(true);
  expect(isApplying({ ...entry, command: "terraform plan -out=/jobs/apply" })).toBe(false);
});
