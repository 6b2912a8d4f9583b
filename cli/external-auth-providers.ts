import type { ServerConfig } from "#server/config.ts";
import { CliError } from "./failure.ts";

type ExternalAuthProvider = NonNullable<ServerConfig["externalAuthProviders"]>[number];

const PATTERN = /^CODER_(?:EXTERNAL_AUTH|GITAUTH)_(\d+)_([A-Z_]+)$/;

/** Names allowed after the number. Settings that the server does not use yet are accepted, so that configurations carry over. */
const SETTINGS = [
  "ID",
  "TYPE",
  "CLIENT_ID",
  "CLIENT_SECRET",
  "DISPLAY_NAME",
  "DISPLAY_ICON",
  "REGEX",
  "AUTH_URL",
  "TOKEN_URL",
  "VALIDATE_URL",
  "REVOKE_URL",
  "DEVICE_FLOW",
  "DEVICE_CODE_URL",
  "SCOPES",
  "NO_REFRESH",
  "EXTRA_TOKEN_KEYS",
  "APP_INSTALL_URL",
  "APP_INSTALLATIONS_URL",
] as const;
type Setting = (typeof SETTINGS)[number];

/** Defaults for well-known services. */
const KNOWN: Readonly<Record<string, { readonly displayName: string; readonly displayIcon: string; readonly regex: string }>> = {
  github: { displayName: "GitHub", displayIcon: "/icon/github.svg", regex: "^(https?://)?github\\.com(/.*)?$" },
  gitlab: { displayName: "GitLab", displayIcon: "/icon/gitlab.svg", regex: "^(https?://)?gitlab\\.com(/.*)?$" },
  "bitbucket-cloud": { displayName: "BitBucket", displayIcon: "/icon/bitbucket.svg", regex: "^(https?://)?bitbucket\\.org(/.*)?$" },
  "azure-devops": { displayName: "Azure DevOps", displayIcon: "/icon/azure-devops.svg", regex: "^(https?://)?dev\\.azure\\.com(/.*)?$" },
};

/**
 * Reads `CODER_EXTERNAL_AUTH_<n>_ID`, `_TYPE`, `_CLIENT_ID` and so on, in the order of their numbers. `CODER_GITAUTH_<n>_…` is older.
 *
 * @throws CliError for a provider without a type or client ID, an unknown variable, a duplicate ID, or an invalid regular expression
 */
export function parseExternalAuthProviders(env: Readonly<Record<string, string>>): ExternalAuthProvider[] {
  const byNumber = new Map<number, Map<Setting, string>>();
  for (const [name, value] of Object.entries(env)) {
    const [, number, ending] = PATTERN.exec(name) ?? [];
    if (number === undefined || ending === undefined) continue;
    const setting = SETTINGS.find((known) => known === ending);
    if (setting === undefined)
      throw new CliError(`${name} is not a setting of an external-auth provider; its last part must be one of ${SETTINGS.join(", ")}`);
    const settings = byNumber.get(Number(number)) ?? new Map<Setting, string>();
    byNumber.set(Number(number), settings.set(setting, value));
  }
  const providers = [...byNumber].toSorted(([left], [right]) => left - right).map(([number, settings]) => parseProvider(number, settings));
  const ids = new Set<string>();
  for (const { id } of providers) {
    if (ids.has(id))
      throw new CliError(`two external-auth providers have the ID "${id}": give each its own in CODER_EXTERNAL_AUTH_<number>_ID`);
    ids.add(id);
  }
  return providers;
}

function parseProvider(number: number, settings: ReadonlyMap<Setting, string>): ExternalAuthProvider {
  const type = settings.get("TYPE") || "";
  const id = settings.get("ID") || type;
  const known = KNOWN[type];
  if (type === "") throw new CliError(`external-auth provider ${number} has no type: set CODER_EXTERNAL_AUTH_${number}_TYPE`);
  if (!/^[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*$/.test(id)) {
    throw new CliError(`"${id}" is not a valid external-auth ID: use letters, digits and inner hyphens`);
  }
  if (!settings.get("CLIENT_ID")) {
    throw new CliError(`external-auth provider "${id}" has no client ID: set CODER_EXTERNAL_AUTH_${number}_CLIENT_ID`);
  }
  return {
    id,
    type,
    displayName: settings.get("DISPLAY_NAME") || known?.displayName || id,
    displayIcon: settings.get("DISPLAY_ICON") || known?.displayIcon || "",
    match: parsePattern(settings.get("REGEX") || known?.regex, id),
  };
}

function parsePattern(pattern: string | undefined, id: string): RegExp | undefined {
  try {
    return pattern === undefined ? undefined : new RegExp(pattern);
  } catch (cause) {
    throw new CliError(`REGEX of external-auth provider "${id}" is not a valid regular expression: ${String(cause)}`, { cause });
  }
}
