import type { AssignableRoles } from "#sdk/roles.ts";

/** One line a role that the caller may give, for whoever named none. */
export function describeRoles(roles: readonly AssignableRoles[]): string[] {
  const assignable = roles.filter((role) => role.assignable);
  if (assignable.length === 0) return ["You may give no role."];
  return ["You may give:", ...assignable.map((role) => `\t${role.name}: ${role.display_name}`)];
}
