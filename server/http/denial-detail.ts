import type { DenialReason, Refusal } from "#authz/denial.ts";

/**
 * A refusal in words for who was refused: what is missing, and which part refused. Of the object it says its type only, and of boundaries
 * only that they are there: what they hold was somebody else's choice.
 */
export function denialDetail(reason: DenialReason): string {
  const needed = `needs \`${reason.type}:${reason.action}\``;
  return `${needed}: ${reason.refusedBy.map((refusal) => inWords(refusal, reason)).join("; ")}`;
}

function inWords(refusal: Refusal, { type, id, smallestScope }: DenialReason): string {
  switch (refusal.by) {
    case "role":
      return "role: none of yours allows it here";
    case "scope":
      // An agent's scope is no public one, and no other would help.
      if (refusal.names.includes("no_user_data")) return "scope: the agent's `api_key_scope` is `no_user_data`";
      return `scope: none of the token's has it${smallestScope === undefined ? "" : `, the smallest that does is \`${smallestScope}\``}`;
    case "allow_list":
      return id === undefined ? `allow list: only \`${type}:*\` admits what has no id` : `allow list: this ${type} is not on it`;
    case "boundary":
      return "boundary: the token was made by one that may not hand this on";
  }
}
