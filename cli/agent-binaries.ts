import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const ROOT = join(import.meta.dirname, "..");

/** Where the executables are that the server hands to agents' init scripts: `coder-<os>-<arch>`. */
export const AGENT_BINARIES = join(ROOT, "dist", "bin");

/**
 * Builds the agent for this machine's platform, unless it is there and up to date; takes some seconds then. In a process of its own,
 * because the tools for it are no part of a running server.
 *
 * @returns what to warn of, if agents cannot be served: the server is of use without
 */
export async function buildAgentBinary(signal: AbortSignal): Promise<string | undefined> {
  const script = join(ROOT, "scripts", "build-agent.ts");
  try {
    await access(script);
    await promisify(execFile)(process.execPath, [script], { signal });
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    return `no agent can be built for this platform, so workspaces here will not connect: ${error instanceof Error ? error.message : String(error)}`;
  }
}
