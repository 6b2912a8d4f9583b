import { on, type Permission } from "./permission.ts";
import type { Scope } from "./scope.ts";

/**
 * What a build was entitled to, and with it its agents.
 *
 * - `full`: whatever its workspace's owner may do.
 * - `limited`: what each of these scopes allows.
 * - `none`: nothing of its owner's.
 */
export type Entitlement = { readonly kind: "full" | "none" } | { readonly kind: "limited"; readonly scopes: readonly Scope[] };

/**
 * What no entitlement takes away from an agent: reading its manifest, and reporting about itself. Its own scope admits only its own workspace,
 * so this is about no other one.
 */
export const AGENT_DUTIES: readonly Permission[] = on("workspace", "read", "update_agent");

const NONE: Scope = { names: ["none"], permissions: [], allowList: [], defaults: [] };

const ONLY_DUTIES: readonly Scope[] = [withDuties(NONE)];

/** Returns the scopes each of which must allow whatever the agent does. */
export function ceilingsOfAgent(entitlement: Entitlement): readonly Scope[] {
  switch (entitlement.kind) {
    case "full":
      return [];
    case "none":
      return ONLY_DUTIES;
    case "limited":
      // A limit without a scope would limit nothing.
      return entitlement.scopes.length === 0 ? ONLY_DUTIES : entitlement.scopes.map(withDuties);
  }
}

/** The duties are defaults, because a grant's allow list need not name the agent's workspace. */
function withDuties({ names, permissions, allowList, defaults }: Scope): Scope {
  return { names, permissions: [...permissions, ...AGENT_DUTIES], allowList, defaults: [...defaults, ...AGENT_DUTIES] };
}
