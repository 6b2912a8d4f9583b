import type { Vote } from "./permission.ts";
import type { Action, ResourceType } from "./resource-types.ts";

export type Decision = { readonly kind: "allowed" } | { readonly kind: "denied"; readonly reason: DenialReason };

/** Why not: for logs and explanations. It never names another object than the one that was asked about. */
export interface DenialReason {
  readonly action: Action;
  readonly type: ResourceType;
  readonly id: string | undefined;
  /** At least one, in the order role, scope, allow list, boundary. */
  readonly refusedBy: readonly Refusal[];
  /** The smallest public scope that allows the action, whoever else refuses; undefined when the scope allows it already. */
  readonly smallestScope: string | undefined;
}

/** What stands in the way. Each one alone would have refused. */
export type Refusal =
  /** Neither the roles nor a share. */
  | { readonly by: "role"; readonly votes: Votes }
  | { readonly by: "scope"; readonly names: readonly string[] }
  | { readonly by: "allow_list" }
  /** One of the boundaries that the key was minted inside of; `names` are that boundary's scopes. */
  | { readonly by: "boundary"; readonly names: readonly string[]; readonly because: readonly ("scope" | "allow_list")[] };

/** What all roles together say at each level; 0 where a level does not apply. */
export interface Votes {
  readonly site: Vote;
  readonly user: Vote;
  readonly org: Vote;
  readonly member: Vote;
}
