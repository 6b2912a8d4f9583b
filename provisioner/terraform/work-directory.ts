import { lstat, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { unpackTar } from "./unpack.ts";

/**
 * One job's own directory, with mode 0700, because plans and states contain secrets. Disposing removes it, unless it was kept: it must not
 * go before the server has taken the end of the job.
 */
export interface WorkDirectory extends AsyncDisposable {
  /** For our own files, such as the journal. With isolation, neither Terraform nor a template's code sees them. */
  readonly root: string;
  /** For the template: Terraform runs here. */
  readonly template: string;
  /** For what we and Terraform hand each other: the plan, values of variables, the provider's socket. */
  readonly exchange: string;
  /** With isolation, Terraform's folder for temporary files. */
  readonly temporary: string;
  /** Leaves the directory where it is, for a later daemon. */
  keep(): void;
  /** Takes `keep` back. */
  remove(): void;
}

/** The directories of jobs that this process runs. */
const open = new Set<string>();

/** @param parent created if it does not exist */
export async function openWorkDirectory(parent: string): Promise<WorkDirectory> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const root = await mkdtemp(path.join(parent, `${prefixOf(hostname(), process.pid)}`));
  open.add(root);
  const directory = owned(root);
  await Promise.all([directory.template, directory.exchange, directory.temporary].map((folder) => mkdir(folder, { mode: 0o700 })));
  return directory;
}

function owned(root: string): WorkDirectory {
  let isKept = false;
  return {
    root,
    template: path.join(root, "template"),
    exchange: path.join(root, "run"),
    temporary: path.join(root, "tmp"),
    keep: () => {
      isKept = true;
    },
    remove: () => {
      isKept = false;
    },
    [Symbol.asyncDispose]: async () => {
      if (!isKept) await removeDirectory(root);
      open.delete(root);
    },
  };
}

/** What cannot be removed now, because a child of Terraform is still closing its files, is swept later: it does not fail a job. */
async function removeDirectory(root: string): Promise<void> {
  await rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 250 }).catch(() => {});
}

/**
 * Unpacks the template and removes files that Terraform would take for the job's state, or for the name of another one: with
 * `.terraform/environment`, it keeps the state in a folder of that name, where nobody looks for it.
 */
export async function unpackTemplate(archive: Uint8Array, work: Pick<WorkDirectory, "template">): Promise<void> {
  await unpackTar(archive, work.template);
  const inData = ["terraform.tfstate", "environment"].map((name) => path.join(".terraform", name));
  for (const name of ["terraform.tfstate", "terraform.tfstate.backup", "errored.tfstate", ...inData])
    await rm(path.join(work.template, name), { recursive: true, force: true });
}

/** Whether Terraform may find providers in the template's own folder. A link counts: what it leads to may come later. */
export async function hasOwnProviders(template: string): Promise<boolean> {
  return lstat(path.join(template, "terraform.d")).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== "ENOENT",
  );
}

/** Whether `terraform init` has installed nothing: no module, no provider, no backend. */
export async function initLeftNothing(work: WorkDirectory): Promise<boolean> {
  const left = await readdir(path.join(work.template, ".terraform")).catch(() => []);
  return left.length === 0;
}

/** A directory of a job of another process, dead or alive. */
export interface FoundDirectory {
  readonly root: string;
  /** The process that made it, by number only. */
  readonly pid: number;
  /** Whether that process was on this machine. */
  readonly isOurs: boolean;
}

/** Finds the directories of jobs that this process does not run. */
export async function findWorkDirectories(parent: string, host = hostname()): Promise<FoundDirectory[]> {
  const names = await readdir(parent).catch(() => []);
  return names.flatMap((name) => {
    const owner = /^job-(.+)-(\d+)-[A-Za-z0-9]{6}$/.exec(name);
    const root = path.join(parent, name);
    return owner === null || open.has(root) ? [] : [{ root, pid: Number(owner[2]), isOurs: owner[1] === safeHost(host) }];
  });
}

/**
 * Takes a directory over from a dead process. Of several processes that try, one succeeds.
 *
 * @returns undefined if somebody else was first
 */
export async function adoptWorkDirectory({ root }: FoundDirectory): Promise<WorkDirectory | undefined> {
  const adopted = path.join(path.dirname(root), `${prefixOf(hostname(), process.pid)}${root.slice(-6)}`);
  if (open.has(adopted)) return undefined;
  open.add(adopted);
  if (adopted !== root) {
    try {
      await rename(root, adopted);
    } catch {
      open.delete(adopted);
      return undefined;
    }
  }
  return owned(adopted);
}

function prefixOf(host: string, pid: number): string {
  return `job-${safeHost(host)}-${pid}-`;
}

function safeHost(host: string): string {
  return host.replace(/[^A-Za-z0-9.]/g, "_").slice(0, 60) || "host";
}
