import { constants } from "node:fs";
import { copyFile, link, rm } from "node:fs/promises";

/** Gives a big file a second place. A hard link takes no room; where there can be none, as on another disk, it is copied. */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  try {
    await link(from, to);
  } catch {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  }
}
