import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { processBirth } from "./process-birth.ts";

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
