/** The rule for the names of users, organizations, templates and workspaces, so that clients can refuse one before they send anything. */

const NAME = /^[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*$/;
/** They stand in addresses of the dashboard beside names. */
const RESERVED = new Set(["new", "create"]);

/** @returns what is wrong with a name, in one sentence; nothing for one that the server takes */
export function nameProblem(value: string): string | undefined {
  if (value.length < 1 || value.length > 32) return "A name must have 1 to 32 characters.";
  if (!NAME.test(value)) return "A name can contain only letters, digits, and single hyphens between them.";
  if (RESERVED.has(value.toLowerCase())) return `The name ${value} is reserved.`;
  return undefined;
}
