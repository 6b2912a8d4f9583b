import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { expect, test, vi } from "vitest";
import { type CommandRun, commandFor, runShellCommand } from "#agent/command.ts";

for (const { script, command } of [
  { script: "echo hi", command: { file: "/bin/zsh", args: [], script: "echo hi" } },
  { script: "#!/bin/bash\necho", command: { file: "/bin/bash", args: [], script: "#!/bin/bash\necho" } },
  {
    script: "\n #!/usr/bin/env bash -e\n:",
    command: { file: "/usr/bin/env", args: ["bash", "-e"], script: "\n #!/usr/bin/env bash -e\n:" },
  },
  { script: "#!\necho", command: { file: "/bin/zsh", args: [], script: "#!\necho" } },
  { script: "", command: { file: "/bin/zsh", args: [], script: "" } },
]) {
  test(`${JSON.stringify(script)} is run by ${command.file}`, () => expect(commandFor(script, "/bin/zsh")).toEqual(command));
}

function run(script: string, options: Partial<CommandRun> = {}, signal: AbortSignal = new AbortController().signal) {
  const output: string[] = [];
  const take = (bytes: Buffer): void => void output.push(bytes.toString());
  const given: CommandRun = {
    cwd: tmpdir(),
    env: { PATH: "/usr/bin:/bin" },
    timeoutMs: 0,
    onStdout: take,
    onStderr: take,
    graceMs: 300,
    ...options,
  };
  return runShellCommand(commandFor(script, "/bin/sh"), given, signal).then((end) => ({ end, output: output.join("") }));
}

test("tells a success from a failure and from a process that was killed", async () => {
  expect((await run("echo a; echo b >&2")).end).toEqual({ kind: "exited", code: 0, pipesLeftOpen: false });
  expect((await run("exit 7")).end).toEqual({ kind: "exited", code: 7, pipesLeftOpen: false });
  expect((await run("kill -9 $$")).end).toEqual({ kind: "exited", code: undefined, pipesLeftOpen: false });
});

test("what cannot be started is a value", async () => {
  expect((await run("#!/no/such/program")).end).toMatchObject({ kind: "not_started", error: { code: "ENOENT" } });
  expect((await run("true", { cwd: "/no/such/folder" })).end).toMatchObject({ kind: "not_started" });
});

const LONG = `${"# padding\n".repeat(40_000)}`;

test("a script of any size runs, by the user's shell or its own interpreter, and leaves no file behind", async () => {
  const before = await leftovers();
  expect(await run(`${LONG}echo from $(basename "$0")`)).toEqual({
    end: { kind: "exited", code: 0, pipesLeftOpen: false },
    output: "from script\n",
  });
  expect((await run(`#!/usr/bin/env bash -e\n${LONG}false\necho not reached`)).end).toMatchObject({ kind: "exited", code: 1 });
  expect((await run(`${LONG}sleep 60`, { timeoutMs: 300 })).end).toEqual({ kind: "timed_out", isLeftRunning: false });
  expect(await leftovers()).toEqual(before);
});

async function leftovers(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith("coder-script-"));
}

test("an environment that is too large is told, with the variable and without its value", async () => {
  const env = { PATH: "/usr/bin:/bin", BIG: "v".repeat(140_000) };
  expect((await run("echo hi", { env })).end).toEqual({
    kind: "not_started",
    error: expect.objectContaining({
      message: "the environment variable BIG has 140005 bytes, and the system takes at most 131072: put its value into a file",
    }),
  });
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`V${n}`, "v".repeat(100_000 + n)]));
  expect((await run("echo hi", { env: many })).end).toMatchObject({
    error: { message: expect.stringMatching(/^the environment has \d+ bytes in 100 variables, .*; the largest is V99 with 100104$/) },
  });
});

test("at the time limit all that it started gets a word first, then none", async () => {
  const polite = await run("trap 'echo leaving; exit' HUP; echo up; while :; do sleep 0.02; done", { timeoutMs: 300, graceMs: 5_000 });
  expect(polite).toEqual({ end: { kind: "timed_out", isLeftRunning: false }, output: expect.stringMatching(/^up\n(?:.*\n)*leaving\n$/) });
  const deaf = await run("trap '' HUP; (trap '' HUP; sleep 60) & echo $!; wait", { timeoutMs: 300 });
  expect(deaf.end).toEqual({ kind: "timed_out", isLeftRunning: false });
  // It may still be a zombie until whoever inherited it looks.
  await vi.waitFor(() => expect(stateOf(Number(deaf.output))).toMatch(/^[ZX]?$/), { timeout: 5_000 });
});

/** One letter as the kernel has it; empty when there is no such process. */
function stateOf(pid: number): string {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1] ?? "";
  } catch {
    return "";
  }
}

test("an output that somebody else keeps open is not waited for", async () => {
  const { end, output } = await run("sleep 30 & echo $!");
  expect(end).toEqual({ kind: "exited", code: 0, pipesLeftOpen: true });
  process.kill(Number(output));
});

test("the signal ends it, and prevents it", async () => {
  const controller = new AbortController();
  const running = run("sleep 60", {}, controller.signal);
  controller.abort();
  expect((await running).end).toEqual({ kind: "aborted" });
  expect((await run("echo no", {}, controller.signal)).output).toBe("");
});
