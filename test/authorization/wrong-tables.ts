/** Tables that a server does not agree with, for tests of what is noticed. */
import type { Tables } from "./cells.ts";

/** The rule of a workspace asks for another right than the route does. */
export function weakened({ grants, rules }: Tables): Tables {
  const weaken = (need: string): string => need.replace("workspace:read on {workspace}", "workspace:start on {workspace}");
  return { grants, rules: rules.map((rule) => ({ ...rule, needs: rule.needs.map(weaken) })) };
}

/** Every scope allows to read workspaces. */
export function widened({ grants, rules }: Tables): Tables {
  const scopes = grants.scopes.map((scope) => ({ ...scope, allows: [...scope.allows, "workspace:read"] }));
  return { grants: { ...grants, scopes }, rules };
}
