import { lstat, mkdir } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { CliError } from "./failure.ts";

/**
 * Opens the default working folder of this user's daemons. It is always the same one, so that a restarted daemon finds and removes what a
 * killed one left behind. Nobody else has access to it.
 *
 * @param parent default: the system's folder for temporary files
 * @throws CliError if somebody else created it first
 */
export async function openDefaultWorkFolder(parent: string = tmpdir()): Promise<string> {
  const { uid, username } = userInfo();
  const folder = join(parent, `proviso-provisioner-${uid < 0 ? username : uid}`);
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  const info = await lstat(folder);
  // Windows has no such modes, and gives each user a separate temporary folder.
  const isPrivate = info.isDirectory() && (uid < 0 || (info.uid === uid && (info.mode & 0o077) === 0));
  if (!isPrivate)
    throw new CliError(`${folder} is not private: you do not own it, or others have access to it. Choose another folder with --cache-dir`);
  return folder;
}
