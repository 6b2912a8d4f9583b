import type { AssignableRoles } from "#sdk/roles.ts";

/** Lists the roles that the caller may assign, one per line, for an error about missing roles. */
export function describeRoles(roles: readonly AssignableRoles[]): string[] {
  const assignable = roles.filter((role) => role.assignable);
  if (assignable.length === 0) return ["You may not assign any roles."];
  return ["You may assign:", ...assignable.map(describeRole)];
}

function describeRole({ name, display_name, description = "" }: AssignableRoles): string {
  return description === "" ? `\t${name}: ${display_name}` : `\t${name}: ${display_name}. ${description}`;
}
