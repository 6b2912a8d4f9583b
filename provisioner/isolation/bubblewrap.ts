import path from "node:path";
import { isWithin, KERNEL_FILES, type View } from "./view.ts";

/** As whom the program in a sandbox runs. */
export interface RunsAs {
  /** Whether the daemon is root, who needs no user namespace for a sandbox. */
  readonly isRoot: boolean;
  /** Of the daemon. */
  readonly uid: number;
  readonly gid: number;
  /** A user other than the daemon's. */
  readonly other?: number | undefined;
}

/**
 * The command line of bubblewrap (bwrap 0.8 and later) that makes a view, and what comes before the program in it. The first process keeps
 * a few capabilities that the program does not get: so the program can neither trace nor end it.
 */
export function bubblewrap(bwrap: string, view: View, as: RunsAs): { readonly inside: string[]; readonly program: string[] } {
  const inside = [
    ...[bwrap, "--unshare-pid", "--unshare-ipc", "--as-pid-1", "--die-with-parent", "--info-fd", "7", "--cap-drop", "ALL"],
    ...["CAP_SETPCAP", "CAP_KILL", ...(as.other === undefined ? [] : ["CAP_SETUID", "CAP_SETGID", "CAP_DAC_READ_SEARCH"])].flatMap(
      (cap) => ["--cap-add", cap],
    ),
    // Root would need no user namespace; but in one, nobody can make another, and with it mount the host's control groups.
    ...(as.other === undefined ? ["--unshare-user", "--uid", String(as.uid), "--gid", String(as.gid)] : []),
    ...(as.other === undefined && as.isRoot ? ["--disable-userns"] : []),
    ...["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"],
    ...KERNEL_FILES.flatMap((at) => ["--ro-bind", at, at]),
    ...view.temporary.flatMap(({ source, target }) => ["--bind", source, target]),
    ...view.emptied.flatMap((at) => ["--tmpfs", at]),
    ...view.blanked.flatMap((at) => ["--ro-bind", "/dev/null", at]),
    // Left to bubblewrap, only root could enter them.
    ...foldersBetween(view).flatMap((at) => ["--perms", "0755", "--dir", at]),
    ...view.readable.flatMap((at) => ["--ro-bind-try", at, at]),
    ...view.writable.flatMap((at) => ["--bind", at, at]),
    ...view.emptied.flatMap((at) => ["--remount-ro", at]),
    // The first process may not enter the folders of another user.
    ...["--chdir", "/"],
  ];
  return { inside, program: withoutRights(as) };
}

/** The folders in an emptied one that lead to what is visible there, outer ones first. */
function foldersBetween({ emptied, readable, writable }: View): string[] {
  const between = new Set<string>();
  for (const place of [...readable, ...writable])
    for (let at = path.dirname(place); emptied.some((folder) => at !== folder && isWithin(at, folder)); at = path.dirname(at))
      between.add(at);
  return [...between].sort();
}

/** Takes every capability from the program, and changes its user. */
export function withoutRights({ isRoot, other }: RunsAs): string[] {
  return [
    "setpriv",
    ...(isRoot ? [] : ["--ambient-caps=-all"]),
    ...["--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"],
    ...(other === undefined ? [] : [`--reuid=${other}`, `--regid=${other}`, "--clear-groups"]),
  ];
}
