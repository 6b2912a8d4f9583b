import { expect, test } from "vitest";
import { DiskError, explainDisk, explainDiskError } from "./disk-error.ts";

function failure(code: string): Error {
  return Object.assign(new Error("raw"), { code });
}

for (const { code, says } of [
  { code: "EROFS", says: "The data folder /data cannot be used because its file system is read-only: make it writable, then start again." },
  { code: "EACCES", says: "because this user has no permission: change its owner or mode, then" },
  { code: "ENOSPC", says: "because its disk is full: free some space, then" },
  { code: "ENOENT", says: "check that its disk is mounted" },
  { code: "SQLITE_FULL", says: "because its disk is full: free some space, then" },
  { code: "SQLITE_READONLY_DIRECTORY", says: "because it is read-only" },
  { code: "SQLITE_IOERR_SHMSIZE", says: "check the disk and its free space" },
  { code: "SQLITE_BUSY_RECOVERY", says: "because another program has locked it" },
  { code: "SQLITE_NOTADB", says: "it is not a SQLite database: move it away, or restore a backup" },
]) {
  test(`explains ${code}, and keeps it as the cause`, async () => {
    const error = failure(code);
    const explained = explainDiskError("The data folder", "/data", error);
    expect(explained).toBeInstanceOf(DiskError);
    expect(explained).toMatchObject({ message: expect.stringContaining(says), cause: error });
    await expect(explainDisk("The data folder", "/data", () => Promise.reject(error))).rejects.toThrow(says);
  });
}

test("other errors are not those of a disk", () => {
  for (const error of [failure("ERR_INVALID_ARG_TYPE"), new Error("no code"), "text", undefined])
    expect(explainDiskError("The file", "/file", error)).toBe(error);
});
