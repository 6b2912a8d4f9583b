/**
 * What a job's directory knows of its job: with the journal in it, a later daemon can end the job and hand up its state if this daemon dies.
 * See docs/decisions/0019-job-directories.md.
 */
import { writeFileSync } from "node:fs";
import { readFile, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { writeDurably } from "#disk/durable-file.ts";
import { identifyProcess, type ProcessIdentity } from "#transport/process-birth.ts";

export interface Journal {
  readonly version: 1;
  readonly jobId: string;
  /** `workspaceBuild`, `templateImport` or `templateDryRun`. */
  readonly kind: string;
  /** The name under which the daemon holds the job. */
  readonly daemon: string;
  /** The URL of the server that gave the job: no other one may see its state. */
  readonly server: string;
  /** For people: the owner and name of the workspace; empty if the job is for none. */
  readonly workspace: string;
  /** The daemon that owns the directory. */
  readonly owner: ProcessIdentity;
  /** Whether Terraform has begun to change things. */
  readonly isApplying: boolean;
}

/** Files in a job's directory, beside the template's folder. */
export const JOURNAL = "job.json";
const APPLY = "apply.json";
export const ENDING = "ending.bin";

/** Writes the journal. Durably, once something depends on it: before that, a power cut loses nothing. */
export async function writeJournal(root: string, journal: Journal): Promise<void> {
  const text = JSON.stringify(journal);
  if (journal.isApplying) await writeDurably(path.join(root, JOURNAL), text);
  else await writeFile(path.join(root, JOURNAL), text, { mode: 0o600 });
}

const TOUCH_MS = 60_000;

/** Shows daemons of other machines that share the folder that this one is alive, until it is disposed of. */
export function keepTouching(root: string): Disposable {
  const timer = setInterval(() => {
    const now = new Date();
    void utimes(path.join(root, JOURNAL), now, now).catch(() => {});
  }, TOUCH_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** @returns undefined if there is no journal, or none that this program can read */
export async function readJournal(root: string): Promise<Journal | undefined> {
  const journal = await readJson(path.join(root, JOURNAL));
  return isJournal(journal) ? journal : undefined;
}

/** Who interrupts this process of the job, see `claimInterrupt`. */
export function interruptMarker(root: string, pid: number): string {
  return path.join(root, `interrupted-${pid}`);
}

/** The process of `terraform apply`, which may outlive the daemon, and the guard that ends it then. */
export interface ApplyProcess extends ProcessIdentity {
  readonly guard: ProcessIdentity;
}

/** Before anything else happens: if this process is killed in the next moment, a later daemon has to wait for that one. */
export function writeApplyProcess(root: string, pid: number, guardPid: number): void {
  const apply: ApplyProcess = { ...identifyProcess(pid), guard: identifyProcess(guardPid) };
  try {
    writeFileSync(path.join(root, APPLY), JSON.stringify(apply), { mode: 0o600 });
  } catch {
    // On a full disk, for instance. A later daemon then waits for the end of its output.
  }
}

export async function readApplyProcess(root: string): Promise<ApplyProcess | undefined> {
  const apply = await readJson(path.join(root, APPLY));
  return isIdentity(apply) && "guard" in apply && isIdentity(apply.guard) ? { ...apply, guard: apply.guard } : undefined;
}

/** @throws the system's error if a file is there and cannot be read: what it says may matter */
async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isJournal(value: unknown): value is Journal {
  if (typeof value !== "object" || value === null) return false;
  const { version, jobId, kind, daemon, server, workspace, owner, isApplying } = value as Partial<Record<keyof Journal, unknown>>;
  return (
    version === 1 &&
    [jobId, kind, daemon, server, workspace].every((text) => typeof text === "string") &&
    isIdentity(owner) &&
    typeof isApplying === "boolean"
  );
}

function isIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== "object" || value === null) return false;
  const { pid, birth } = value as Partial<Record<keyof ProcessIdentity, unknown>>;
  return Number.isSafeInteger(pid) && (pid as number) >= 0 && typeof birth === "string";
}
