import type { StateHead } from "./scan-state.ts";

/** What tells two states of one workspace apart. */
export interface StateVersion extends Pick<StateHead, "serial" | "lineage"> {
  /** In hex, of all bytes. */
  readonly sha256: string;
}

/**
 * How an offered state relates to the stored one.
 *
 * - `same`: the same bytes.
 * - `newer`, `older`: the same lineage, and a higher or lower serial.
 * - `conflict`: the same lineage and serial, but other bytes, so that nobody can say which is newer.
 * - `other_lineage`: they have nothing to do with each other.
 * - `unknown`: at least one of them does not say what it is.
 */
export type StateOrder = "same" | "newer" | "older" | "conflict" | "other_lineage" | "unknown";

export function compareStates(stored: StateVersion, offered: StateVersion): StateOrder {
  if (stored.sha256 === offered.sha256) return "same";
  if (stored.lineage === undefined || offered.lineage === undefined) return "unknown";
  if (stored.lineage !== offered.lineage) return "other_lineage";
  if (stored.serial === undefined || offered.serial === undefined) return "unknown";
  if (stored.serial === offered.serial) return "conflict";
  return offered.serial > stored.serial ? "newer" : "older";
}
