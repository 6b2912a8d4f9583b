import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import type { Platform } from "./platform.ts";
import { ReleaseError } from "./release-error.ts";

const CACHE = join(import.meta.dirname, "../../node_modules/.cache/proviso/node");

/** The answer lists every file of the package. */
const MAX_ANSWER_BYTES = 64 * 2 ** 20;

/**
 * The Node of another platform, of exactly the version that runs this: a program is compiled by one and run by the other. It comes from npm,
 * which holds it against the registry's hash, and is kept for the next time. Nothing of it is run here.
 *
 * @returns the path of its executable
 * @throws ReleaseError if it cannot be had
 */
export async function findNode(
  { name, nodePackage, nodeFile }: Platform,
  options: { readonly cache?: string; readonly signal?: AbortSignal } = {},
): Promise<string> {
  const { cache = CACHE, signal } = options;
  const version = process.versions.node;
  const kept = join(cache, `${nodePackage}-${version}`);
  if (await isFile(kept)) return kept;

  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, ".fetch-"));
  try {
    const run = promisify(execFile);
    const npm = await run("npm", ["pack", `${nodePackage}@${version}`, "--json", "--loglevel=silent", "--ignore-scripts"], {
      cwd: work,
      shell: process.platform === "win32",
      maxBuffer: MAX_ANSWER_BYTES,
      signal,
    });
    const [{ filename: archive }] = JSON.parse(npm.stdout);
    // Also on Windows, which brings a tar of its own.
    await run("tar", ["-xzf", archive, nodeFile], { cwd: work, signal });
    await rename(join(work, nodeFile), kept);
    return kept;
  } catch (error) {
    signal?.throwIfAborted();
    throw new ReleaseError(`Node ${version} for ${name} could not be fetched: npm pack ${nodePackage}@${version}: ${reasonOf(error)}`, {
      cause: error,
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** npm says in its answer what was wrong, and tar on stderr; Node's own error is there when neither could be started. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [answer, stderr] = ["stdout" in error ? String(error.stdout) : "", "stderr" in error ? String(error.stderr).trim() : ""];
  const text = summaryOf(answer) ?? (stderr || error.message);
  return text.split("\n")[0] ?? "";
}

function summaryOf(answer: string): string | undefined {
  try {
    const summary: unknown = JSON.parse(answer).error?.summary;
    return typeof summary === "string" && summary !== "" ? summary : undefined;
  } catch {
    return undefined;
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
