import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { readState, type TerraformState } from "./terraform-state.ts";

/** The last whole state that Terraform wrote in a job's directory. */
export interface SeenState {
  readonly jobDirectory: string;
  readonly state: TerraformState;
}

export interface StateWatch extends Disposable {
  /** What was seen since the last {@link forget}, one entry for each job directory, the newest last. */
  seen(): SeenState[];
  /** The job directories that are there now. */
  jobDirectories(): string[];
  forget(): void;
}

/** The second is written if Terraform could not write the first. */
const STATE_FILES = ["terraform.tfstate", "errored.tfstate"];

/**
 * Remembers every job directory's newest state, whatever becomes of the directory. A write that is followed by the directory's end within
 * one interval may be missed, which weakens a comparison and never makes it fail.
 *
 * @param roots the folders in which daemons make job directories
 */
export function watchStates(roots: readonly string[], intervalMs = 20): StateWatch {
  const seen = new Map<string, SeenState>();
  const versions = new Map<string, string>();
  const jobDirectories = (): string[] =>
    roots.flatMap((root) =>
      namesIn(root)
        .filter((name) => name.startsWith("job-"))
        .map((name) => join(root, name)),
    );
  const look = (): void => {
    for (const jobDirectory of jobDirectories()) {
      for (const name of STATE_FILES) {
        const file = join(jobDirectory, "template", name);
        const version = versionOf(file);
        if (version === undefined || versions.get(file) === version) continue;
        const state = readState(contentOf(file));
        if (state === undefined) continue;
        versions.set(file, version);
        const before = seen.get(jobDirectory);
        if (before !== undefined && before.state.lineage === state.lineage && before.state.serial > state.serial) continue;
        seen.delete(jobDirectory);
        seen.set(jobDirectory, { jobDirectory, state });
      }
    }
  };
  const timer = setInterval(look, intervalMs);
  return {
    seen: () => {
      look();
      return [...seen.values()];
    },
    jobDirectories,
    forget: () => {
      seen.clear();
      versions.clear();
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function versionOf(file: string): string | undefined {
  const info = statSync(file, { throwIfNoEntry: false, bigint: true });
  return info && `${info.ino}:${info.mtimeNs}:${info.size}`;
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
