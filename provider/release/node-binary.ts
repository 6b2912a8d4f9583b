import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { renameDurably } from "#disk/durable-file.ts";
import type { Platform } from "./platform.ts";
import { ReleaseError } from "./release-error.ts";

const CACHE = join(import.meta.dirname, "../../node_modules/.cache/proviso/node");

/** npm's answer lists every file of the package, so it is long. */
const MAX_ANSWER_BYTES = 64 * 2 ** 20;

/**
 * Finds Node for another platform, in exactly the version that runs this code: one compiles the program, and the other runs it. It is
 * downloaded from npm, which checks it against the registry's hash, and kept for the next time. Nothing in it is run here.
 *
 * @returns the path of its executable
 * @throws ReleaseError if it cannot be downloaded
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
    // This also works on Windows, which has its own tar.
    await run("tar", ["-xzf", archive, nodeFile], { cwd: work, signal });
    await renameDurably(join(work, nodeFile), kept);
    return kept;
  } catch (error) {
    signal?.throwIfAborted();
    throw new ReleaseError(`cannot download Node ${version} for ${name}: npm pack ${nodePackage}@${version}: ${reasonOf(error)}`, {
      cause: error,
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** npm reports errors in its answer, and tar on stderr; if neither could be started, there is Node's own error. */
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
