import { DiagnosticError } from "../sdk/diagnostic.ts";
import { computed } from "../sdk/schema/attribute.ts";
import { block } from "../sdk/schema/block.ts";
import { listOf, objectOf, string } from "../sdk/schema/value-type.ts";
import { dataSource } from "./configuration.ts";
import { parseFirstJson } from "./go/first-json.ts";

/** The user whose workspace is being built. Outside a build, on an author's machine, it is a made-up one. */
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
      login_type: computed(string, { description: "How the owner logs in." }),
      groups: computed(listOf(string), { description: "The names of the owner's groups." }),
      rbac_roles: computed(listOf(objectOf({ name: string, org_id: string })), {
        description: "The owner's roles, each with its organization.",
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
  return parseArray(json, "invalid user groups").map((group) => textOf(group, "invalid user groups"));
}

/** Null if a role has a key that Terraform's type has no place for. */
function parseRoles(json: string | undefined): readonly { readonly name: string; readonly org_id: string }[] | null {
  const problem = "invalid user rbac roles";
  const roles = parseArray(json, problem).map((role) => {
    if (role === null) return new Map<string, string>();
    if (typeof role !== "object" || Array.isArray(role)) throw new DiagnosticError({ summary: `${problem}: a role is not an object` });
    return new Map(Object.entries(role).map(([key, value]) => [key, textOf(value, problem)]));
  });
  if (roles.some((role) => role.keys().some((key) => key !== "name" && key !== "org_id"))) return null;
  return roles.map((role) => ({ name: role.get("name") ?? "", org_id: role.get("org_id") ?? "" }));
}

function parseArray(json: string | undefined, problem: string): readonly unknown[] {
  if (json === undefined) return [];
  let parsed: unknown;
  try {
    parsed = parseFirstJson(json);
  } catch (error) {
    throw new DiagnosticError({ summary: `${problem}: ${error instanceof Error ? error.message : String(error)}` }, { cause: error });
  }
  if (parsed === null) return [];
  if (!Array.isArray(parsed)) throw new DiagnosticError({ summary: `${problem}: not a list` });
  return parsed;
}

function textOf(value: unknown, problem: string): string {
  if (value === null) return "";
  if (typeof value !== "string") throw new DiagnosticError({ summary: `${problem}: ${JSON.stringify(value)} is not a string` });
  return value;
}
