import type { DenialReason, Refusal } from "#authz/denial.ts";

/**
 * Explains a refusal to the caller: what is missing, and which part refused. It names only the type of the object, and of boundaries only
 * that they refused: their content was somebody else's choice.
 */
export function denialDetail(reason: DenialReason): string {
  const needed = `needs \`${reason.type}:${reason.action}\``;
  return `${needed}: ${reason.refusedBy.map((refusal) => inWords(refusal, reason)).join("; ")}`;
}

function inWords(refusal: Refusal, { type, id, smallestScope }: DenialReason): string {
  switch (refusal.by) {
    case "role":
      return "role: none of your roles allows it here";
    case "scope":
      // An agent's scope is not public, and no other scope would help.
      if (refusal.names.includes("no_user_data")) return "scope: the agent's `api_key_scope` is `no_user_data`";
      if (smallestScope === undefined) return "scope: none of the token's scopes grants it";
      return `scope: none of the token's scopes grants it (the smallest that does is \`${smallestScope}\`)`;
    case "allow_list":
      return id === undefined ? `allow list: only \`${type}:*\` admits objects without an ID` : `allow list: this ${type} is not on it`;
    case "boundary":
      return "boundary: a token that this one descends from may not hand this on";
  }
}
