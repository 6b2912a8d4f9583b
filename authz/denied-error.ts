import type { DenialReason, Refusal } from "./denial.ts";

/** A refusal by `authorize`. What it says is for our log: the edge says it in other words. */
export class DeniedError extends Error {
  override readonly name = "DeniedError";
  readonly reason: DenialReason;

  constructor(reason: DenialReason, options?: ErrorOptions) {
    super(describeDenial(reason), options);
    this.reason = reason;
  }
}

function describeDenial({ action, type, id, refusedBy }: DenialReason): string {
  return `may not ${action} ${type}${id === undefined ? "" : ` ${id}`}: ${refusedBy.map(describeRefusal).join(", ")}`;
}

function describeRefusal(refusal: Refusal): string {
  switch (refusal.by) {
    case "role":
      return "no role or share allows it";
    case "scope":
      return `scope ${refusal.names.join(" + ")} leaves it out`;
    case "allow_list":
      return "the allow list does not name it";
    case "boundary":
      return `boundary ${refusal.names.join(" + ")} leaves it out`;
  }
}
