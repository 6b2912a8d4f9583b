import { EventEmitter } from "node:events";
import { Readable, Writable } from "node:stream";
import type { CliContext } from "#cli/context.ts";
import { listenForInterrupts } from "#cli/interrupts.ts";

/** A command's context for tests of the parts below the commands: without a terminal, and with a fixed clock. */
export interface FakeContext {
  readonly context: CliContext;
  /** Everything that was written so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly pressCtrlC: () => void;
}

export const NOW = Date.parse("2026-01-01T00:00:09Z");

/** @param given.input content of stdin; default: empty */
export function createFakeContext(given: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {}): FakeContext {
  const [stdout, stderr] = [collect(), collect()];
  const signals = new EventEmitter();
  const context = {
    env: given.env ?? {},
    platform: "linux",
    homeDirectory: "/nonexistent",
    workingDirectory: "/nonexistent",
    stdin: Readable.from([Buffer.from(given.input ?? "")]) as NodeJS.ReadStream,
    stdout: stdout.stream as NodeJS.WriteStream,
    stderr: stderr.stream as NodeJS.WriteStream,
    interrupts: listenForInterrupts(signals as NodeJS.Process),
    now: () => NOW,
  } satisfies CliContext;
  return { context, stdout: stdout.text, stderr: stderr.text, pressCtrlC: () => void signals.emit("SIGINT") };
}

function collect(): { readonly stream: Writable; readonly text: () => string } {
  let written = "";
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written += String(chunk);
      done();
    },
  });
  return { stream, text: () => written };
}
