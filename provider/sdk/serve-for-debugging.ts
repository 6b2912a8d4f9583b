import { mkdtempSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { debugText } from "./command-line.ts";
import { type Environment, portRange } from "./handshake.ts";
import type { OnFault } from "./provider.ts";
import { listenPlainly, reattachText } from "./serve-in-process.ts";
import type { PluginProgram } from "./serve-plugin.ts";

const STDOUT = 1;
const STDERR = 2;
/** How long a command that is still running may wait for its answers. */
const GRACE_MS = 3_000;

/**
 * Serves a provider to Terraform commands that a person starts elsewhere, so that its process can run in a debugger. Ends on Ctrl-C or
 * SIGTERM, or when its terminal closes. On Windows, any user of the machine can connect while it runs.
 */
export async function serveForDebugging(
  program: PluginProgram,
  { env, platform }: { readonly env: Environment; readonly platform: NodeJS.Platform },
): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const interrupted = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => interrupted.resolve());
  const onFault: OnFault = (error, rpc) =>
    void writeSync(STDERR, `${rpc}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);

  const directory = mkdtempSync(join(tmpdir(), "provider-"));
  opened.defer(() => rmSync(directory, { recursive: true, force: true }));
  const at =
    platform === "win32"
      ? ({ network: "tcp", ...portRange(env) } as const)
      : ({ network: "unix", path: join(directory, "socket") } as const);
  const listener = opened.use(await listenPlainly(await program.load(), { at, onFault }));
  writeSync(STDOUT, debugText(program, reattachText(program.address, listener, process.pid), platform));
  await interrupted.promise;
  await Promise.race([listener.drain(), sleep(GRACE_MS, undefined, { ref: false })]);
}
