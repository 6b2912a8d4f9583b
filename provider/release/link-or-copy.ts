import { constants } from "node:fs";
import { copyFile, link, rm } from "node:fs/promises";

/** Puts a large file in a second place. Creates a hard link, which takes no space, or a copy if linking fails, as on another disk. */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  try {
    await link(from, to);
  } catch {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  }
}
