import type { DenialReason, Refusal } from "./denial.ts";

/** A refusal by `authorize`. The message is for our log; the edge words its own. */
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
      return `scope ${refusal.names.join(" + ")} does not allow it`;
    case "allow_list":
      return "the object is not on the allow list";
    case "boundary":
      return `boundary ${refusal.names.join(" + ")} does not allow it`;
  }
}
