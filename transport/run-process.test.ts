import { tmpdir } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import { isRunning } from "#test/provisioner/processes.ts";
import type { Kill } from "./process-group.ts";
import { type ProcessOptions, runProcess, type Stop } from "./run-process.ts";

interface ShellOptions extends Partial<Omit<ProcessOptions, "stop">> {
  readonly stop?: Partial<Stop>;
  /** Called with all of the output so far, as soon as it holds a whole line. */
  readonly onOutput?: (output: string) => void;
}

/** Runs a shell that has a minute to end after an interrupt. Process ids that it prints are killed with the test. */
async function shell(script: string, { stop, onOutput = () => {}, ...options }: ShellOptions = {}) {
  const output = { stdout: "", stderr: "" };
  onTestFinished(() => {
    for (const pid of output.stdout.match(/\d+/g) ?? []) if (isRunning(Number(pid))) process.kill(Number(pid), "SIGKILL");
  });
  const end = await runProcess({
    program: "/bin/sh",
    args: ["-c", script],
    cwd: tmpdir(),
    env: { PATH: "/usr/bin:/bin" },
    stop: { interrupt: new AbortController().signal, graceMs: 60_000, ...stop },
    onStdout: (bytes) => {
      output.stdout += bytes;
      if (output.stdout.includes("\n")) onOutput(output.stdout);
    },
    onStderr: (bytes) => {
      output.stderr += bytes;
    },
    ...options,
  });
  return { end, ...output, pid: Number(/\d+/.exec(output.stdout)?.[0]) };
}

function refusal(code: string): Error {
  return Object.assign(new Error(`kill ${code}`), { code });
}

const KILLED = { kind: "exited", code: undefined, pipesLeftOpen: false };

test("streams both outputs, and tells how the program ended", async () => {
  expect(await shell("echo out; echo err >&2; exit 3")).toMatchObject({
    end: { kind: "exited", code: 3, pipesLeftOpen: false },
    stdout: "out\n",
    stderr: "err\n",
  });
  expect((await shell("kill -9 $$")).end).toEqual(KILLED);
});

test("a program's umask is not that of this process afterwards, whether it started or not", async () => {
  const own = process.umask();
  for (const umask of [0o077, 0o027]) {
    expect(await shell("umask", { umask })).toMatchObject({ stdout: `0${umask.toString(8).padStart(3, "0")}\n` });
    expect((await shell("no\0argument", { umask })).end).toMatchObject({ kind: "not_started" });
    expect(process.umask()).toBe(own);
  }
});

test("a program that cannot be started is a value, whoever notices it", async () => {
  expect((await shell("", { program: "/no/such/program" })).end).toMatchObject({ kind: "not_started", error: { code: "ENOENT" } });
  expect((await shell("no\0argument")).end).toMatchObject({ kind: "not_started", error: { code: "ERR_INVALID_ARG_VALUE" } });
});

test("does not start after a stop, and rejects with its reason", async () => {
  const stopped = AbortSignal.abort(new Error("stopped before"));
  const watch = () => expect.unreachable("it started");
  await expect(shell("", { watch, stop: { interrupt: stopped } })).rejects.toThrow("stopped before");
  await expect(shell("", { watch, stop: { kill: stopped } })).rejects.toThrow("stopped before");
});

test("tells the id of the group while the program runs", async () => {
  const seen: string[] = [];
  const { pid } = await shell("echo $$", {
    watch: (id) => {
      seen.push(`began ${id}`);
      return { [Symbol.dispose]: () => void seen.push(`ended ${id}`) };
    },
  });
  expect(seen).toEqual([`began ${pid}`, `ended ${pid}`]);
});

test("a kill ends the program at once, with all that it started", async () => {
  const kill = new AbortController();
  const { end, pid } = await shell("trap '' INT TERM HUP; (trap '' INT TERM HUP; sleep 300) & echo $!; wait", {
    stop: { kill: kill.signal },
    onOutput: () => kill.abort(),
  });
  expect(end).toEqual(KILLED);
  await expect.poll(() => isRunning(pid)).toBe(false);
});

for (const asksWith of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`a program that hears ${asksWith} ends in its own way; a deaf one is killed after its grace`, async () => {
    const name = asksWith.slice(3);
    const polite = new AbortController();
    const heard = await shell(`trap 'echo bye; exit 7' ${name}; echo ready; while :; do sleep 0.05; done`, {
      stop: { interrupt: polite.signal, asksWith },
      onOutput: () => polite.abort(),
    });
    expect(heard).toMatchObject({ end: { kind: "exited", code: 7, pipesLeftOpen: false }, stdout: "ready\nbye\n" });

    const firm = new AbortController();
    const deaf = await shell(`trap '' ${name}; (trap '' ${name}; sleep 300) & echo $!; wait`, {
      stop: { interrupt: firm.signal, asksWith, graceMs: 50 },
      onOutput: () => firm.abort(),
    });
    expect(deaf.end).toEqual(KILLED);
    await expect.poll(() => isRunning(deaf.pid)).toBe(false);
  });
}

/** A program that ends on SIGTERM, beside a child that takes a little longer to say goodbye. */
const WITH_CHILD = `
  (trap 'sleep 0.2; echo child; exit' TERM; echo up; while :; do sleep 0.02; done) &
  trap 'exit 5' TERM
  while :; do sleep 0.02; done`;

for (const { asks, stdout } of [
  { asks: "program", stdout: "up\n" },
  { asks: "group", stdout: "up\nchild\n" },
] as const) {
  test(`a stop that asks the ${asks} ${asks === "group" ? "leaves its children time as well" : "kills what the program leaves behind"}`, async () => {
    const interrupt = new AbortController();
    const run = await shell(WITH_CHILD, {
      stop: { interrupt: interrupt.signal, asksWith: "SIGTERM", asks },
      outputGraceMs: 10_000,
      onOutput: () => interrupt.abort(),
    });
    expect({ ...run.end, stdout: run.stdout }).toEqual({ kind: "exited", code: 5, pipesLeftOpen: false, stdout });
  });
}

test("what a program leaves running when it ends by itself lives on, and its hold on the output is not waited for", async () => {
  const { end, pid } = await shell("sleep 300 & echo $!", { outputGraceMs: 50 });
  expect(end).toEqual({ kind: "exited", code: 0, pipesLeftOpen: true });
  expect(isRunning(pid)).toBe(true);
});

test("a group that may not be signaled loses its leader", async () => {
  const interrupt = new AbortController();
  const refused: number[] = [];
  const kill: Kill = (pid, signal) => {
    if (pid > 0) return process.kill(pid, signal);
    refused.push(pid);
    throw refusal("EPERM");
  };
  const { end, pid, stdout } = await shell("trap '' INT; sleep 300 & echo $! $$; wait", {
    kill,
    stop: { interrupt: interrupt.signal, graceMs: 50 },
    outputGraceMs: 50,
    onOutput: () => interrupt.abort(),
  });
  expect(end).toEqual({ kind: "exited", code: undefined, pipesLeftOpen: true });
  const leader = Number(stdout.trim().split(" ")[1]);
  expect(new Set(refused)).toEqual(new Set([-leader]));
  expect(isRunning(leader)).toBe(false);
  expect(isRunning(pid)).toBe(true);
});

for (const code of ["EPERM", "ESRCH"]) {
  const kill: Kill = () => {
    throw refusal(code);
  };

  test(`a program that no signal reaches (${code}) holds nobody up that wants to leave it`, async () => {
    const interrupt = new AbortController();
    const { end, pid } = await shell("echo $$; exec sleep 300", {
      kill,
      stop: { interrupt: interrupt.signal, graceMs: 50, asks: "group", afterKill: "leave" },
      onOutput: () => interrupt.abort(),
    });
    expect(end).toEqual({ kind: "exited", code: undefined, pipesLeftOpen: true });
    expect(isRunning(pid)).toBe(true);
  });

  test(`a program that no signal reaches (${code}) is otherwise waited for`, async () => {
    const stop = new AbortController();
    const { end } = await shell("echo begun; sleep 0.3; echo done; exit 4", {
      kill,
      stop: { kill: stop.signal },
      onOutput: () => stop.abort(),
    });
    expect(end).toEqual({ kind: "exited", code: 4, pipesLeftOpen: false });
  });
}
