import path from "node:path";
import { type RunsAs, withoutRights } from "./bubblewrap.ts";
import { KERNEL_FILES, type View } from "./view.ts";

/**
 * Makes a view with the programs of util-linux, where there is no bubblewrap. Each mount is a process of its own, so this takes longer: the
 * first process of the sandbox builds a second root below `base`, moves into it, and becomes what `inside` is followed by.
 *
 * @param base an empty folder that only the daemon uses
 */
export function ownMounts(
  view: View,
  { as, base }: { readonly as: RunsAs; readonly base: string },
): { readonly inside: string[]; readonly program: string[] } {
  const at = (place: string): string => quote(path.join(base, place));
  const script = [
    "set -e",
    // In a user namespace, what is mounted below `/` comes along or nothing does.
    `mount --rbind / ${quote(base)}`,
    `while read -r _ _ _ _ point options _; do
  point=$(printf '%b' "$point")
  case $point in ${quote(base)}|${quote(base)}/*) ;; *) continue ;; esac
  case $point in ${["proc", "dev"].map((name) => `${at(name)}|${at(name)}/*`).join("|")}) continue ;; esac
  keep=
  for flag in nosuid nodev noexec; do case ,$options, in *,$flag,*) keep=$keep,$flag ;; esac; done
  case ,$options, in *,ro,*) ;; *) mount -n -o "remount,bind,ro$keep" "$point" ;; esac
done </proc/self/mountinfo`,
    `mount -n -t proc -o nosuid,nodev,noexec proc ${at("proc")}`,
    ...KERNEL_FILES.map((file) => `mount -n --bind ${at(file)} ${at(file)}; mount -n -o remount,bind,ro,nosuid,nodev,noexec ${at(file)}`),
    `mount -n -t tmpfs -o mode=755,nosuid tmpfs ${at("dev")}`,
    `for device in null zero full random urandom tty; do : >${at("dev")}/$device; mount -n --bind /dev/$device ${at("dev")}/$device; done`,
    `mkdir -m 1777 ${at("dev/shm")}; ln -s /proc/self/fd ${at("dev/fd")}; ln -s fd/0 ${at("dev/stdin")}; ln -s fd/1 ${at("dev/stdout")}; ln -s fd/2 ${at("dev/stderr")}`,
    ...view.temporary.map(({ source, target }) => bind(source, at(target))),
    ...view.emptied.map((folder) => `mkdir -p ${at(folder)}; mount -n -t tmpfs -o mode=755,nosuid,nodev tmpfs ${at(folder)}`),
    ...view.blanked.map((file) => `[ ! -e ${at(file)} ] || mount -n --bind /dev/null ${at(file)}`),
    ...view.readable.map(
      (place) => `if [ -e ${quote(place)} ]; then ${bind(place, at(place))}; mount -n -o remount,bind,ro ${at(place)}; fi`,
    ),
    ...view.writable.map((place) => bind(place, at(place))),
    ...view.emptied.map((folder) => `mount -n -o remount,bind,ro,nosuid,nodev ${at(folder)}`),
    `cd ${quote(base)}`,
    "pivot_root . .",
    "umount -n -l .",
    "cd /",
    'exec "$@"',
  ].join("\n");
  return {
    inside: ["unshare", "--mount", "--ipc", "--propagation", "private", "/bin/sh", "-c", script, "mounts"],
    program: as.isRoot
      ? withoutRights(as)
      : ["unshare", "--user", `--map-user=${as.uid}`, `--map-group=${as.gid}`, "setpriv", "--no-new-privs"],
  };
}

/** What a bind keeps of `nosuid` and the like, it must keep when it is mounted anew: the copy of `/` has them already. */
function bind(source: string, target: string): string {
  return `if [ -d ${quote(source)} ]; then mkdir -p ${target}; else mkdir -p "$(dirname ${target})"; : >>${target}; fi; mount -n --bind ${quote(source)} ${target}`;
}

/** For one process namespace and nothing else: tools such as `ps` then see the processes that there are. */
export const OWN_PROC = ["unshare", "--mount", "/bin/sh", "-c", 'mount -n -t proc proc /proc && exec "$@"', "proc"];

/** A new process namespace for the children of the next program; a user namespace as well, for a daemon that is not root. */
export function ownProcesses({ isRoot }: RunsAs): string[] {
  return ["unshare", ...(isRoot ? [] : ["--user", "--map-root-user"]), "--pid"];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
