import { lstat, mkdir } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { CliError } from "./failure.ts";

/**
 * The folder in which this user's daemons work unless told otherwise. Always the same one: a daemon that comes back finds and removes what a
 * killed one left behind. Nobody else can look into it.
 *
 * @param parent default: the system's folder for temporary files
 * @throws CliError if somebody else made it first
 */
export async function openDefaultWorkFolder(parent: string = tmpdir()): Promise<string> {
  const { uid, username } = userInfo();
  const folder = join(parent, `proviso-provisioner-${uid < 0 ? username : uid}`);
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  const info = await lstat(folder);
  // Windows has no such modes, and gives each user a temporary folder of their own.
  const isPrivate = info.isDirectory() && (uid < 0 || (info.uid === uid && (info.mode & 0o077) === 0));
  if (!isPrivate) throw new CliError(`${folder} is open to others, or not yours; name another folder with --cache-dir`);
  return folder;
}
