import { constants } from "node:fs";
import { copyFile, link, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { syncPath } from "#disk/durable-file.ts";

/** Puts a large file in a second place. Creates a hard link, which takes no space, or a copy if linking fails, as on another disk. */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  try {
    await link(from, to);
  } catch {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  }
  // After a power cut, half of a program would still look like one.
  await syncPath(to);
  await syncPath(dirname(to));
}
