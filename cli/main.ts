/** The client's process: the only file of this room that touches `process`. */
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { listenForInterrupts } from "./interrupts.ts";

// Halves the start: 0.4 s without, 0.2 s with it. Beside the packages, where nobody else can write; where we cannot either, it stays off.
enableCompileCache(join(import.meta.dirname, "..", "node_modules", ".cache", "proviso"));

// `proviso list | head` ends the pipe early, which is nobody's fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

const { runCli } = await import("./program.ts");
using interrupts = listenForInterrupts(process);
process.exitCode = await runCli(process.argv.slice(2), {
  env: Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
  platform: process.platform,
  homeDirectory: homedir(),
  workingDirectory: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  interrupts,
  now: Date.now,
});
// A question that was answered, or never asked, must not keep the process waiting for more of stdin.
process.stdin.destroy();
