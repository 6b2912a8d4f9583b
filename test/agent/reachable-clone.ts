import { chmod, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";

const CLONE = join(import.meta.dirname, "../..");

export interface ReachableCommand extends AsyncDisposable {
  readonly command: readonly string[];
}

/**
 * Returns a command that other users can run too, although its programs are in this clone: the clone may be in a folder that only its owner
 * can enter. It is then mounted where everybody gets to, for this command alone. Only root can do that.
 */
export async function reachableByAll(command: readonly string[]): Promise<ReachableCommand> {
  if (await canAllEnter(CLONE)) return { command, [Symbol.asyncDispose]: async () => {} };
  const place = await mkdtemp(join(tmpdir(), "agent-clone-"));
  await chmod(place, 0o755);
  const there = command.map((word) => (word.startsWith(CLONE + sep) ? join(place, relative(CLONE, word)) : word));
  const mount = ["unshare", "--mount", "sh", "-c", 'mount --bind "$1" "$2" && shift 2 && exec "$@"', "sh", CLONE, place];
  return { command: [...mount, ...there], [Symbol.asyncDispose]: () => rm(place, { recursive: true, force: true }) };
}

async function canAllEnter(folder: string): Promise<boolean> {
  if (((await stat(folder)).mode & 0o001) === 0) return false;
  return folder === dirname(folder) || canAllEnter(dirname(folder));
}
