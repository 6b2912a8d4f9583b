/** The rule for names of users, organizations, templates and workspaces, which lets clients refuse a name before they send anything. */

const NAME = /^[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*$/;
/** These occur in URLs of the dashboard where names do. */
const RESERVED = new Set(["new", "create"]);

/** @returns what is wrong with a name, in one sentence; undefined if the server accepts it */
export function nameProblem(value: string): string | undefined {
  if (value.length < 1 || value.length > 32) return "A name must have 1 to 32 characters.";
  if (!NAME.test(value)) return "A name must consist of letters, digits, and single hyphens between them.";
  if (RESERVED.has(value.toLowerCase())) return `The name ${value} is reserved.`;
  return undefined;
}
