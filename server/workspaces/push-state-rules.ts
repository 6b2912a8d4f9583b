/** What a pushed state must be. These rules are Terraform's own for `terraform state push`, in words that say what to do. */
import { compareStates, type StateVersion } from "#tfstate/compare-states.ts";
import { describeProblem } from "#tfstate/describe-problem.ts";
import type { StateScan } from "#tfstate/scan-state.ts";
import { InvalidInputError, StateConflictError } from "../errors.ts";

/** @throws InvalidInputError unless it is a whole state of the known format */
export function checkPushedState(facts: { readonly sizeBytes: number; readonly scan: StateScan }): void {
  const problem = describeProblem(facts);
  if (problem !== undefined) throw new InvalidInputError(`the state ${problem}`);
}

export interface StateToPush {
  /** Undefined if the build has none. */
  readonly stored: StateVersion | undefined;
  readonly pushed: StateVersion;
  readonly buildNumber: number;
}

/**
 * Returns why the pushed state may not take the place of the stored one.
 *
 * @returns undefined if it may
 */
export function conflictOf({ stored, pushed, buildNumber }: StateToPush): StateConflictError | undefined {
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

function quoted(lineage: string | undefined): string {
  return JSON.stringify((lineage ?? "").slice(0, 64));
}
