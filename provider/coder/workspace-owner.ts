import { DiagnosticError } from "../sdk/diagnostic.ts";
import { computed } from "../sdk/schema/attribute.ts";
import { block } from "../sdk/schema/block.ts";
import { listOf, objectOf, string } from "../sdk/schema/value-type.ts";
import { dataSource } from "./configuration.ts";
import { parseFirstJson } from "./go/first-json.ts";

/** The user whose workspace is being built. Outside a build, on an author's machine, it is a placeholder. */
export const coderWorkspaceOwner = dataSource({
  version: 0,
  schema: block({
    description: "The user who owns the workspace that this build is for.",
    attributes: {
      id: computed(string, { description: "The owner's UUID." }),
      name: computed(string, { description: "The owner's user name." }),
      full_name: computed(string, { description: "The owner's name in full." }),
      email: computed(string, { description: "The owner's email address." }),
      ssh_public_key: computed(string, { description: "The public half of the owner's SSH key." }),
      ssh_private_key: computed(string, { sensitive: true, description: "The private half of the owner's SSH key." }),
      session_token: computed(string, { sensitive: true, description: "A token for the API as the owner, for this build." }),
      oidc_access_token: computed(string, { sensitive: true, description: "The access token of the owner's last OpenID Connect login." }),
      login_type: computed(string, { description: "How the owner logs in, such as `password` or `oidc`. Null outside of a build." }),
      groups: computed(listOf(string), { description: "The names of the owner's groups." }),
      rbac_roles: computed(listOf(objectOf({ name: string, org_id: string })), {
        description:
          "The owner's roles: the `name` of each, and as `org_id` the UUID of its organization, empty for a role of the whole server.",
      }),
    },
  }),
  read(_input, { configuration }) {
    const { variable, variableEvenEmpty } = configuration;
    return {
      id: variable("CODER_WORKSPACE_OWNER_ID") ?? configuration.newId(),
      name: variable("CODER_WORKSPACE_OWNER") ?? "default",
      full_name: variable("CODER_WORKSPACE_OWNER_NAME") ?? "default",
      email: variable("CODER_WORKSPACE_OWNER_EMAIL") ?? "default@example.com",
      ssh_public_key: variable("CODER_WORKSPACE_OWNER_SSH_PUBLIC_KEY") ?? "",
      ssh_private_key: variable("CODER_WORKSPACE_OWNER_SSH_PRIVATE_KEY") ?? "",
      session_token: variable("CODER_WORKSPACE_OWNER_SESSION_TOKEN") ?? "",
      oidc_access_token: variable("CODER_WORKSPACE_OWNER_OIDC_ACCESS_TOKEN") ?? "",
      login_type: variable("CODER_WORKSPACE_OWNER_LOGIN_TYPE") ?? null,
      groups: parseGroups(variableEvenEmpty("CODER_WORKSPACE_OWNER_GROUPS")),
      rbac_roles: parseRoles(variableEvenEmpty("CODER_WORKSPACE_OWNER_RBAC_ROLES")),
    };
  },
});

function parseGroups(json: string | undefined): readonly string[] {
  return parsed(json, "invalid user groups", (value) => listOfGo(value, "[]string").map(textOfGo));
}

/** Null if a role has a key that Terraform's type has no place for. */
function parseRoles(json: string | undefined): readonly { readonly name: string; readonly org_id: string }[] | null {
  const roles = parsed(json, "invalid user rbac roles", (value) => listOfGo(value, "[]map[string]string").map(roleOfGo));
  if (roles.some((role) => role.keys().some((key) => key !== "name" && key !== "org_id"))) return null;
  return roles.map((role) => ({ name: role.get("name") ?? "", org_id: role.get("org_id") ?? "" }));
}

/** @throws DiagnosticError for what `read`, or parsing the JSON before it, cannot handle */
function parsed<T>(json: string | undefined, problem: string, read: (value: unknown) => readonly T[]): readonly T[] {
  if (json === undefined) return [];
  try {
    return read(parseFirstJson(json));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new DiagnosticError({ summary: `${problem}: ${error.message}` }, { cause: error });
  }
}

function roleOfGo(value: unknown): ReadonlyMap<string, string> {
  if (value === null) return new Map();
  if (typeof value !== "object" || Array.isArray(value)) throw wrongKind(value, "map[string]string");
  return new Map(Object.entries(value).map(([key, item]) => [key, textOfGo(item)]));
}

/** Parses a list as Go does: null is the empty list. */
function listOfGo(value: unknown, type: string): readonly unknown[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw wrongKind(value, type);
  return value;
}

function textOfGo(value: unknown): string {
  if (value === null) return "";
  if (typeof value !== "string") throw wrongKind(value, "string");
  return value;
}

function wrongKind(value: unknown, type: string): SyntaxError {
  const kind = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  return new SyntaxError(`json: cannot unmarshal ${kind} into Go value of type ${type}`);
}
