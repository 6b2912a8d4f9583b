import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const ROOT = join(import.meta.dirname, "..");

/** Folder of the agent executables that the server offers to init scripts: `coder-<os>-<arch>`. */
export const AGENT_BINARIES = join(ROOT, "dist", "bin");

/**
 * Builds the agent for this machine's platform, unless the executable exists and is up to date. A build takes a few seconds. It runs in
 * its own process, because the build tools are not part of a running server.
 *
 * @returns a warning if the agent cannot be built; the server is useful without it
 */
export async function buildAgentBinary(signal: AbortSignal): Promise<string | undefined> {
  const script = join(ROOT, "scripts", "build-agent.ts");
  try {
    await access(script);
    await promisify(execFile)(process.execPath, [script], { signal });
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    return `cannot build the agent for this platform, so the agents of workspaces on it cannot start: ${error instanceof Error ? error.message : String(error)}`;
  }
}
