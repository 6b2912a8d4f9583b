import { readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { explainDisk } from "./disk-error.ts";
import { openWritableFolder } from "./writable-folder.ts";

/** Another process has the folder. The message is one sentence for the operator. */
export class FolderInUseError extends Error {
  override readonly name = "FolderInUseError";
}

/** How long to wait for a process that is just ending, or has not yet written its ID. */
const PATIENCE_MS = 1_000;
const RETRY_MS = 50;

/**
 * Creates a folder for its owner only, if it is missing, and takes it for this process until it is disposed of. The lock is one of the
 * operating system's, on the file `<role>.lock`: it ends with its process, however that ends, so it is never stale. The file `<role>.pid`
 * tells people who has it, and means nothing without the lock.
 *
 * @param owner.what names the folder in messages: with an article and a capital letter, such as `The data folder`
 * @param owner.role what this process is to the folder, such as `server`
 * @throws FolderInUseError, DiskError
 */
export async function ownFolder(path: string, owner: { readonly what: string; readonly role: string }): Promise<AsyncDisposable> {
  const { what, role } = owner;
  const note = join(path, `${role}.pid`);
  await openWritableFolder(what, path);
  const lock = await explainDisk(what, path, async () => {
    const taken = await take(join(path, `${role}.lock`));
    if (taken === undefined)
      throw new FolderInUseError(
        `${what} ${path} is in use by ${await holder(note, role)}: stop that ${role}, or choose another folder for this one.`,
      );
    try {
      await writeFile(note, `${process.pid}\n${hostname()}\n`, { mode: 0o600 });
    } catch (error) {
      taken.close();
      throw error;
    }
    return taken;
  });
  return {
    async [Symbol.asyncDispose]() {
      if (!lock.open) return;
      await rm(note, { force: true }).catch(() => {});
      lock.close();
    },
  };
}

/** @returns the connection that has the lock, or undefined if another one keeps it */
async function take(file: string): Promise<Database.Database | undefined> {
  // Only a file that is missing, because closing one drops the locks that this process has on it.
  await writeFile(file, "", { mode: 0o600, flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  const until = performance.now() + PATIENCE_MS;
  const database = new Database(file, { timeout: 0 });
  for (;;) {
    try {
      // Locks without writing anything: the file stays empty.
      database.exec("begin exclusive");
      return database;
    } catch (error) {
      const isTaken = error instanceof Database.SqliteError && error.code === "SQLITE_BUSY";
      if (!isTaken || performance.now() > until) database.close();
      if (!isTaken) throw error;
      if (!database.open) return undefined;
      await sleep(RETRY_MS);
    }
  }
}

async function holder(note: string, role: string): Promise<string> {
  const [pid, host] = (await readFile(note, "utf8").catch(() => "")).split("\n");
  if (!pid) return `another ${role}`;
  return `the ${role} with process ID ${pid}${host === hostname() ? "" : ` on ${host}`}`;
}
