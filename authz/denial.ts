import type { Vote } from "./permission.ts";
import type { Action, ResourceType } from "./resource-types.ts";

export type Decision = { readonly kind: "allowed" } | { readonly kind: "denied"; readonly reason: DenialReason };

/** Why a request was denied, for logs and explanations. It never names an object other than the one asked about. */
export interface DenialReason {
  readonly action: Action;
  readonly type: ResourceType;
  readonly id: string | undefined;
  /** At least one, in the order role, scope, allow list, boundary. */
  readonly refusedBy: readonly Refusal[];
  /** The smallest public scope that allows the action, whatever else refuses; undefined if the scope already allows it. */
  readonly smallestScope: string | undefined;
}

/** A part that refused. Each one alone would have been enough. */
export type Refusal =
  /** Neither a role nor a share allows it. */
  | { readonly by: "role"; readonly votes: Votes }
  | { readonly by: "scope"; readonly names: readonly string[] }
  | { readonly by: "allow_list" }
  /** One of the boundaries that the key was created under refused; `names` are that boundary's scopes. */
  | { readonly by: "boundary"; readonly names: readonly string[]; readonly because: readonly ("scope" | "allow_list")[] };

/** The combined vote of all roles at each level; 0 if a level does not apply. */
export interface Votes {
  readonly site: Vote;
  readonly user: Vote;
  readonly org: Vote;
  readonly member: Vote;
}
