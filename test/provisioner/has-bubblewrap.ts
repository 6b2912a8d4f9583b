import { spawnSync } from "node:child_process";

/** Whether this machine has a bubblewrap that sandboxes can be made with: 0.8 or later. Without one, its tests are skipped. */
export function hasBubblewrap(): boolean {
  const { stdout } = spawnSync("bwrap", ["--version"], { encoding: "utf8" });
  const [major = 0, minor = 0] =
    /(\d+)\.(\d+)/
      .exec(stdout ?? "")
      ?.slice(1)
      .map(Number) ?? [];
  return major > 0 || minor >= 8;
}
