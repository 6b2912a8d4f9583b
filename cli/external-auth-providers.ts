import { CliError } from "./failure.ts";

/** A service that users may link their account to, as the numbered variables describe it. */
export interface ExternalAuthProvider {
  readonly id: string;
  readonly type: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly displayName: string;
  readonly displayIcon: string;
  /** Matches the Git URLs that this provider is for. */
  readonly regex: string;
  readonly authUrl: string;
  readonly tokenUrl: string;
  readonly validateUrl: string;
  readonly scopes: readonly string[];
  readonly noRefresh: boolean;
}

const PATTERN = /^CODER_(?:EXTERNAL_AUTH|GITAUTH)_(\d+)_([A-Z_]+)$/;

/** Which variable's ending fills which field. */
const FIELDS = {
  ID: "id",
  TYPE: "type",
  CLIENT_ID: "clientId",
  CLIENT_SECRET: "clientSecret",
  DISPLAY_NAME: "displayName",
  DISPLAY_ICON: "displayIcon",
  REGEX: "regex",
  AUTH_URL: "authUrl",
  TOKEN_URL: "tokenUrl",
  VALIDATE_URL: "validateUrl",
  SCOPES: "scopes",
  NO_REFRESH: "noRefresh",
} as const;

/**
 * Reads `CODER_EXTERNAL_AUTH_<n>_ID`, `_TYPE`, `_CLIENT_ID` and so on, in the order of their numbers; `CODER_GITAUTH_<n>_…` is their older name.
 *
 * @throws CliError for a provider without a type, a variable that is none of ours, an id used twice, or a pattern that is no pattern
 */
export function parseExternalAuthProviders(env: Readonly<Record<string, string | undefined>>): ExternalAuthProvider[] {
  const byNumber = new Map<number, Map<keyof typeof FIELDS, string>>();
  for (const [name, value] of Object.entries(env)) {
    const [, number, ending] = PATTERN.exec(name) ?? [];
    if (number === undefined || ending === undefined || value === undefined) continue;
    if (!isField(ending))
      throw new CliError(`${name} is no setting of an external-auth provider; there are ${Object.keys(FIELDS).join(", ")}`);
    const provider = byNumber.get(Number(number)) ?? new Map();
    provider.set(ending, value);
    byNumber.set(Number(number), provider);
  }
  const providers = [...byNumber].toSorted(([left], [right]) => left - right).map(([number, fields]) => parseProvider(number, fields));
  const ids = new Set<string>();
  for (const { id } of providers) {
    if (ids.has(id)) throw new CliError(`two external-auth providers have the id "${id}"`);
    ids.add(id);
  }
  return providers;
}

function parseProvider(number: number, fields: ReadonlyMap<keyof typeof FIELDS, string>): ExternalAuthProvider {
  const field = (name: keyof typeof FIELDS) => fields.get(name) ?? "";
  const type = field("TYPE");
  const id = field("ID") || type;
  if (type === "") throw new CliError(`the external-auth provider ${number} has no type: set CODER_EXTERNAL_AUTH_${number}_TYPE`);
  if (!/^[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*$/.test(id))
    throw new CliError(`"${id}" cannot be an external-auth id: letters, digits and inner hyphens`);
  if (field("CLIENT_ID") === "")
    throw new CliError(`the external-auth provider "${id}" has no client id: set CODER_EXTERNAL_AUTH_${number}_CLIENT_ID`);
  try {
    new RegExp(field("REGEX"));
  } catch (cause) {
    throw new CliError(`the pattern of the external-auth provider "${id}" is none: ${String(cause)}`, { cause });
  }
  return {
    id,
    type,
    clientId: field("CLIENT_ID"),
    clientSecret: field("CLIENT_SECRET"),
    displayName: field("DISPLAY_NAME"),
    displayIcon: field("DISPLAY_ICON"),
    regex: field("REGEX"),
    authUrl: field("AUTH_URL"),
    tokenUrl: field("TOKEN_URL"),
    validateUrl: field("VALIDATE_URL"),
    scopes: field("SCOPES")
      .split(/[\s,]+/)
      .filter((scope) => scope !== ""),
    noRefresh: field("NO_REFRESH") === "true",
  };
}

function isField(ending: string): ending is keyof typeof FIELDS {
  return Object.hasOwn(FIELDS, ending);
}
