import type { AssignableRoles } from "#sdk/roles.ts";

/** Lists the roles that the caller may assign, one per line, for an error about missing roles. */
export function describeRoles(roles: readonly AssignableRoles[]): string[] {
  const assignable = roles.filter((role) => role.assignable);
  if (assignable.length === 0) return ["You may not assign any roles."];
  return ["You may assign:", ...assignable.map((role) => `\t${role.name}: ${role.display_name}`)];
}
