import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { unpackTar } from "./unpack.ts";

const STALE_AFTER_MS = 7 * 24 * 3_600_000;

/** One job's own directory, with mode 0700, because plans and states contain secrets. It is removed at the end. */
export interface WorkDirectory extends AsyncDisposable {
  /** For our own files: plan file, CLI configuration. */
  readonly root: string;
  /** For the template: Terraform runs here. */
  readonly template: string;
}

/** @param parent created if it does not exist */
export async function openWorkDirectory(parent: string): Promise<WorkDirectory> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const root = await mkdtemp(path.join(parent, `${prefix(hostname(), process.pid)}`));
  const template = path.join(root, "template");
  await mkdir(template, { mode: 0o700 });
  return {
    root,
    template,
    // Terraform's children may still be closing their files. What cannot be removed now is swept later, and does not fail the job.
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 250 }).catch(() => {}),
  };
}

/**
 * Unpacks the template and removes files that Terraform would take for the job's state, or for the name of another one: with
 * `.terraform/environment`, it keeps the state in a folder of that name, where nobody looks for it.
 */
export async function unpackTemplate(archive: Uint8Array, work: WorkDirectory): Promise<void> {
  await unpackTar(archive, work.template);
  const inData = ["terraform.tfstate", "environment"].map((name) => path.join(".terraform", name));
  for (const name of ["terraform.tfstate", "terraform.tfstate.backup", "errored.tfstate", ...inData])
    await rm(path.join(work.template, name), { recursive: true, force: true });
}

/** Whether `terraform init` has installed nothing: no module, no provider, no backend. */
export async function initLeftNothing(work: WorkDirectory): Promise<boolean> {
  const left = await readdir(path.join(work.template, ".terraform")).catch(() => []);
  return left.length === 0;
}

/**
 * Removes the directories that dead daemons left behind: those of this host as soon as the process is gone, those of other hosts (on a
 * shared volume) after seven days without a change.
 *
 * @returns the removed paths
 */
export async function sweepStaleDirectories(
  parent: string,
  deps: { now: () => number; isAlive?: (pid: number) => boolean; host?: string } = { now: Date.now },
): Promise<string[]> {
  const { now, isAlive = isProcessAlive, host = hostname() } = deps;
  const removed: string[] = [];
  const entries = await readdir(parent).catch(() => []);
  for (const name of entries) {
    const owner = /^job-(.+)-(\d+)-[A-Za-z0-9]{6}$/.exec(name);
    if (owner === null) continue;
    const at = path.join(parent, name);
    const isOurs = owner[1] === safeHost(host);
    const isDead = isOurs && !isAlive(Number(owner[2]));
    const changed = await stat(at)
      .then((info) => info.mtimeMs)
      .catch(() => undefined);
    if (changed === undefined || !(isDead || (!isOurs && now() - changed > STALE_AFTER_MS))) continue;
    await rm(at, { recursive: true, force: true });
    removed.push(at);
  }
  return removed;
}

function prefix(host: string, pid: number): string {
  return `job-${safeHost(host)}-${pid}-`;
}

function safeHost(host: string): string {
  return host.replace(/[^A-Za-z0-9.]/g, "_").slice(0, 60) || "host";
}

function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
