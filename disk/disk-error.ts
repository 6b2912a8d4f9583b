interface Reason {
  readonly why: string;
  readonly advice: string;
}

/** What operators can do about errors of file systems and of SQLite, by the code of the error or its beginning. */
const REASONS: Readonly<Record<string, Reason>> = {
  EROFS: { why: "its file system is read-only", advice: "make it writable" },
  EACCES: { why: "this user has no permission", advice: "change its owner or mode" },
  EPERM: { why: "this user has no permission", advice: "change its owner or mode" },
  ENOSPC: { why: "its disk is full", advice: "free some space" },
  EDQUOT: { why: "this user's disk quota is used up", advice: "free some space" },
  ENOTDIR: { why: "part of its path is a file", advice: "move the file away" },
  EEXIST: { why: "a file is in its place", advice: "move the file away" },
  EISDIR: { why: "a folder is in its place", advice: "move the folder away" },
  ENOENT: { why: "it does not exist and cannot be created", advice: "check that its disk is mounted" },
  ELOOP: { why: "its path leads through a circle of links", advice: "correct the links" },
  EIO: { why: "its disk reports an error", advice: "check the disk" },
  ESTALE: { why: "its network file system is gone", advice: "mount it again" },
  SQLITE_BUSY: { why: "another program has locked it", advice: "wait until that program is done, or stop it" },
  SQLITE_CANTOPEN: { why: "SQLite cannot open it", advice: "check its owner and mode, and those of its folder" },
  SQLITE_CORRUPT: { why: "it is damaged", advice: "restore a backup" },
  SQLITE_FULL: { why: "its disk is full", advice: "free some space" },
  SQLITE_IOERR: { why: "its disk reports an error", advice: "check the disk and its free space" },
  SQLITE_NOTADB: { why: "it is not a SQLite database", advice: "move it away, or restore a backup" },
  SQLITE_READONLY: { why: "it is read-only", advice: "change its owner or mode, or make its file system writable" },
};

/** A file or folder cannot be used. The message is one sentence for the operator: the path, why, and what to do. */
export class DiskError extends Error {
  override readonly name = "DiskError";
  constructor(what: string, path: string, { why, advice }: Reason, options?: ErrorOptions) {
    super(`${what} ${path} cannot be used because ${why}: ${advice}, then start again.`, options);
  }
}

/**
 * Makes a DiskError about a path of an error of the file system or of SQLite. Returns other errors unchanged.
 *
 * @param what with an article and a capital letter, such as `The data folder`
 */
export function explainDiskError(what: string, path: string, cause: unknown): unknown {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const reason = REASONS[code] ?? REASONS[code.split("_").slice(0, 2).join("_")];
  return reason === undefined ? cause : new DiskError(what, path, reason, { cause });
}

/** Does something with a path, and explains its errors as {@link explainDiskError} does. */
export async function explainDisk<T>(what: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw explainDiskError(what, path, cause);
  }
}
