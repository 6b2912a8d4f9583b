import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { identifyProcess, isOfThisBoot, isSameProcess, processBirth } from "./process-birth.ts";

test("is the same as long as a process lives, another one for another process, and none after the end", async () => {
  const child = spawn("sleep", ["60"]);
  const pid = child.pid ?? 0;
  const birth = processBirth(pid);
  expect(birth).toBeTruthy();
  expect(processBirth(pid)).toBe(birth);
  expect(processBirth(process.pid)).not.toBe(birth);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(processBirth(pid)).toBeUndefined();
});

test("a process that nobody has waited for has ended all the same", async () => {
  const parent = spawn("/bin/sh", ["-c", "true & echo $!; exec sleep 60"]);
  const [line] = await once(parent.stdout, "data");
  await expect.poll(() => processBirth(Number(String(line)))).toBeUndefined();
  parent.kill("SIGKILL");
});

test("the same process is told from one that has its number, and from one of another boot", async () => {
  const child = spawn("sleep", ["60"]);
  const one = identifyProcess(child.pid ?? 0);
  expect([isSameProcess(one), isOfThisBoot(one.birth)]).toEqual([true, true]);
  expect(isSameProcess({ ...one, birth: identifyProcess(process.pid).birth })).toBe(false);
  expect(isOfThisBoot("another-boot 17")).toBe(false);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect([isSameProcess(one), identifyProcess(one.pid).birth]).toEqual([false, ""]);
});

test("in doubt, a process is alive", () => {
  expect([isSameProcess({ pid: process.pid, birth: "unknown" }), isOfThisBoot("unknown")]).toEqual([true, true]);
});
