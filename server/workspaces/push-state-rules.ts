/** What a pushed state must be. These rules are Terraform's own for `terraform state push`, in words that say what to do. */
import { compareStates, type StateVersion } from "#tfstate/compare-states.ts";
import { describeProblem } from "#tfstate/describe-problem.ts";
import type { StateScan } from "#tfstate/scan-state.ts";
import { InvalidInputError, StateConflictError } from "../errors.ts";

/** @throws InvalidInputError unless it is a whole state of the known format, in the order in which Terraform writes it */
export function checkPushedState(facts: {
  readonly sizeBytes: number;
  readonly scan: StateScan;
  /** The instances of a resource come before its type. */
  readonly isOutOfOrder: boolean;
}): void {
  const problem = describeProblem(facts);
  if (problem !== undefined) throw new InvalidInputError(`the state ${problem}`);
  if (facts.isOutOfOrder)
    throw new InvalidInputError("the state lists a resource's instances before its type: push the file that Terraform wrote, unchanged");
}

/** What tells whose a state is that takes the place of none, or of one that does not say what it is. */
export interface Origins {
  /** The lineage of the last state that an earlier build of the workspace has. Undefined if it has none, or nothing can be told by it. */
  readonly earlier: string | undefined;
  /** Another workspace has a state of the pushed one's lineage. */
  readonly isOfAnother: boolean;
}

export interface StateToPush {
  /** Undefined if the build has none. */
  readonly stored: StateVersion | undefined;
  readonly pushed: StateVersion;
  readonly buildNumber: number;
  /** Undefined if the stored state has a lineage. */
  readonly origins: Origins | undefined;
}

/**
 * Returns why the pushed state may not take the place of the stored one, or of none.
 *
 * @returns undefined if it may
 */
export function conflictOf({ stored, pushed, buildNumber, origins }: StateToPush): StateConflictError | undefined {
  if (origins !== undefined) return strangerOf(pushed, origins);
  if (stored === undefined) return undefined;
  const order = compareStates(stored, pushed);
  const own = `the stored state of build ${buildNumber}`;
  switch (order) {
    case "same":
    case "newer":
    // What is stored does not say what it is, so it is nothing that could be overwritten by mistake.
    case "unknown":
      return undefined;
    case "other_lineage":
      return new StateConflictError(
        `the pushed state has lineage ${quoted(pushed.lineage)}, and ${own} has lineage ${quoted(stored.lineage)}: they belong to different ` +
          "things. Push the file that belongs to this workspace, or overwrite the stored state with `--force`",
      );
    case "older":
      return new StateConflictError(
        `the pushed state has serial ${pushed.serial}, and ${own} is newer: it has serial ${stored.serial}. ` +
          "Compare the two with `proviso state pull`, and overwrite the stored state with `--force` only if it is wrong",
      );
    case "conflict":
      return new StateConflictError(
        `the pushed state has serial ${pushed.serial}, as ${own} has, but other contents. ` +
          "Compare the two with `proviso state pull`, and give the right one a higher serial, or overwrite the stored state with `--force`",
      );
    default:
      throw new Error(`unknown order ${order satisfies never}`);
  }
}

/** A state of another workspace would let builds of this one change and destroy what that one has. */
function strangerOf({ lineage }: StateVersion, { earlier, isOfAnother }: Origins): StateConflictError | undefined {
  // It does not name the other one: not everybody who reads this may see it.
  if (isOfAnother)
    return new StateConflictError(
      `the pushed state has lineage ${quoted(lineage)}, as a state of another workspace has: each of the two would change and destroy what ` +
        "belongs to the other. Push the file that belongs to this workspace, or have it taken all the same with `--force`",
    );
  if (earlier !== undefined && earlier !== lineage)
    return new StateConflictError(
      `the pushed state has lineage ${quoted(lineage)}, and the last state of an earlier build of this workspace has lineage ${quoted(earlier)}: ` +
        "they belong to different things. Push the file that belongs to this workspace, or have it taken all the same with `--force`",
    );
  return undefined;
}

function quoted(lineage: string | undefined): string {
  return JSON.stringify((lineage ?? "").slice(0, 64));
}
