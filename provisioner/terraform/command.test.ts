import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runTerraform } from "./command.ts";

async function shell(
  script: string,
  stop: { interrupt?: AbortSignal; kill?: AbortSignal; graceMs?: number } = {},
  onStdoutLine?: (line: string) => void,
) {
  const cwd = await mkdtemp(path.join(tmpdir(), "command-test-"));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  const never = new AbortController().signal;
  const errors: string[] = [];
  const exit = await runTerraform({
    program: "/bin/sh",
    args: ["-c", script],
    cwd,
    env: { PATH: process.env.PATH ?? "" },
    stop: { interrupt: stop.interrupt ?? never, kill: stop.kill ?? never, graceMs: stop.graceMs ?? 60_000 },
    onStderrLine: (line) => errors.push(line),
    ...(onStdoutLine !== undefined && { onStdoutLine }),
  });
  return { ...exit, errors, cwd };
}

test("gives output as lines, whole characters, and the last one without a break", async () => {
  const lines: string[] = [];
  const { code } = await shell("printf 'a\\r\\nb\\n\\n\\303'; printf '\\251x'", {}, (line) => lines.push(line));
  expect({ code, lines }).toEqual({ code: 0, lines: ["a", "b", "", "éx"] });
});

test("gives all of standard output when nobody wants its lines", async () => {
  const { code, stdout, errors } = await shell("echo out; echo err >&2; exit 3");
  expect({ code, stdout: stdout.toString(), errors }).toEqual({ code: 3, stdout: "out\n", errors: ["err"] });
});

test("does not start once it has been stopped", async () => {
  const reason = new Error("stopped before");
  await expect(shell("echo no", { interrupt: AbortSignal.abort(reason) })).rejects.toBe(reason);
  await expect(shell("echo no", { kill: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test("a program that is not there is an error", async () => {
  const never = new AbortController().signal;
  const run = runTerraform({
    program: "/nowhere/program",
    args: [],
    cwd: "/",
    env: {},
    stop: { interrupt: never, kill: never, graceMs: 1 },
  });
  await expect(run).rejects.toThrow("ENOENT");
});

test("an interrupt lets the program end in its own way", async () => {
  const interrupt = new AbortController();
  const script = "trap 'echo bye; exit 7' INT; echo ready; while :; do sleep 0.05; done";
  const lines: string[] = [];
  const { code } = await shell(script, { interrupt: interrupt.signal }, (line) => {
    lines.push(line);
    if (line === "ready") interrupt.abort(new Error("enough"));
  });
  expect({ code, lines }).toEqual({ code: 7, lines: ["ready", "bye"] });
});

test("a program that hears no interrupt is killed after its grace, with its children", async () => {
  const interrupt = new AbortController();
  const { code, cwd } = await shell(
    "trap '' INT; sleep 300 & echo $! > pid; echo ready; wait",
    { interrupt: interrupt.signal, graceMs: 50 },
    () => interrupt.abort(new Error("enough")),
  );
  expect(code).toBeNull();
  const child = Number(await readFile(path.join(cwd, "pid"), "utf8"));
  await expect.poll(() => state(child), { timeout: 5_000 }).toBe("gone");
});

test("what a program leaves running when it ends by itself lives on, even with its output in hand", async () => {
  const startedAt = performance.now();
  const { code, cwd } = await shell("sleep 300 & echo $! > pid");
  expect(code).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  const child = Number(await readFile(path.join(cwd, "pid"), "utf8"));
  expect(await state(child)).toBe("running");
  process.kill(child, "SIGKILL");
});

async function state(pid: number): Promise<"running" | "gone"> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat !== undefined) return /\) [ZX] /.test(stat) ? "gone" : "running";
  try {
    process.kill(pid, 0);
    return process.platform === "linux" ? "gone" : "running";
  } catch {
    return "gone";
  }
}
