import { compareStates, type StateVersion } from "#tfstate/compare-states.ts";
import type { Row } from "../database/tables.ts";

/**
 * What becomes of a state that arrives after its job has ended.
 *
 * - `take`: it becomes its build's own.
 * - `keep_beside`: nobody can say that it is newer, so it overwrites nothing, and is kept beside the build's own.
 * - `nothing_new`: the build's own state says all that it says.
 */
export type LateDecision = "take" | "keep_beside" | "nothing_new";

/** @param stored undefined if the build has no state */
export function decideLate(stored: StateVersion | undefined, late: StateVersion): LateDecision {
  if (stored === undefined) return "take";
  const order = compareStates(stored, late);
  switch (order) {
    case "newer":
      return "take";
    case "same":
    case "older":
      return "nothing_new";
    case "conflict":
    case "other_lineage":
      return "keep_beside";
    case "unknown":
      // What was stored is not even a state, such as a file that was read while Terraform wrote it.
      return stored.serial === undefined ? "take" : "keep_beside";
    default:
      throw new Error(`unknown order ${order satisfies never}`);
  }
}

export type LaterBuild = Pick<Row<"workspace_builds">, "id" | "build_number" | "state_id" | "state_given" | "state_untouched" | "job_id"> &
  Pick<Row<"provisioner_jobs">, "worker_id">;

/**
 * Finds the builds that get the newer state too: those that follow directly, have their predecessor's state, and have not worked with it,
 * because no daemon ever had their job, or because it ended before anything was changed.
 *
 * @param builds all later builds, in order
 * @param superseded the state that the late one replaces
 */
export function inheritorsOf<T extends Omit<LaterBuild, "id" | "job_id">>(
  builds: readonly T[],
  superseded: LaterBuild["state_id"],
): readonly T[] {
  const end = builds.findIndex(
    (build) => build.state_given || build.state_id !== superseded || !(build.worker_id === null || build.state_untouched),
  );
  return end < 0 ? builds : builds.slice(0, end);
}
