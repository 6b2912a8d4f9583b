/** The rule for names of users, organizations, templates and workspaces, which lets clients refuse a name before they send anything. */

const NAME = /^[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*$/;
/** These stand in the API's paths where usernames do, here or in Coder's, and would name something else. */
const RESERVED_USERNAMES = new Set([
  "authmethods",
  "first",
  "login",
  "logout",
  "me",
  "oauth2",
  "oidc",
  "oidc-claims",
  "otp",
  "roles",
  "validate-password",
]);
/** These occur in URLs of the dashboard where names do. */
const RESERVED = new Set(["new", "create"]);

/** @returns what is wrong with a name, in one sentence; undefined if the server accepts it */
export function nameProblem(value: string): string | undefined {
  if (value.length < 1 || value.length > 32) return "A name must have 1 to 32 characters.";
  if (!NAME.test(value)) return "A name must consist of letters, digits, and single hyphens between them.";
  if (RESERVED.has(value.toLowerCase())) return `The name ${value} is reserved.`;
  return undefined;
}

/** The rule for usernames. @returns what is wrong with a name, in one sentence; undefined if the server accepts it */
export function usernameProblem(value: string): string | undefined {
  return RESERVED_USERNAMES.has(value.toLowerCase()) ? `The name ${value} is reserved.` : nameProblem(value);
}

/** The rule for names of templates. @returns what is wrong with a name, in one sentence; undefined if the server accepts it */
export function templateNameProblem(value: string): string | undefined {
  // Coder lists its examples under this name, beside templates.
  return value.toLowerCase() === "examples" ? `The name ${value} is reserved.` : nameProblem(value);
}
