/**
 * The names of scopes: what each allows, which of them a client may request, and what a key's stored names allow together.
 * A key that holds a name that is missing here is refused; an unknown name never widens a key.
 */
import { type AllowList, mentions } from "./allow-list.ts";
import { BoundedCache } from "./bounded-cache.ts";
import { runsCode } from "./code-rights.ts";
import { nearestName } from "./nearest-name.ts";
import { on, type Permission } from "./permission.ts";
import { type Action, isActionOf, isResourceType, type ResourceType } from "./resource-types.ts";
import { FULL_SCOPE, type Scope } from "./scope.ts";

const CACHED_COMBINATIONS = 1_000;

/** A composite is `about` its own types; for the other ones, its helper types, it gives narrowed keys a default. */
interface Composite {
  readonly about: readonly ResourceType[];
  readonly permissions: readonly Permission[];
  readonly description: string;
}

const COMPOSITES: Readonly<Record<string, Composite>> = {
  "coder:apikeys.manage_self": {
    about: ["api_key"],
    permissions: on("api_key", "create", "delete", "read", "update"),
    description: "Manage your own API tokens and sessions.",
  },
  "coder:templates.author": {
    about: ["template"],
    permissions: [...on("file", "create", "read"), ...on("template", "create", "delete", "read", "update", "view_insights")],
    description: "Write templates: upload archives, create, change and delete templates, and see how they are used.",
  },
  "coder:templates.build": {
    about: ["template"],
    permissions: [...on("file", "create", "read"), ...on("provisioner_jobs", "read"), ...on("template", "read")],
    description: "Try out template versions: upload archives, read templates and the jobs that build them.",
  },
  // Not one of Coder's: its `coder:templates.author` is the only bundle there that pushes, and that deletes too.
  "coder:templates.push": {
    about: ["template"],
    permissions: [...on("file", "create", "read"), ...on("provisioner_jobs", "read"), ...on("template", "create", "read", "update")],
    description: "Push templates: upload archives, create and change templates, and activate their versions.",
  },
  "coder:workspaces.access": {
    about: ["workspace"],
    permissions: [
      ...on("organization_member", "read"),
      ...on("template", "read"),
      ...on("workspace", "application_connect", "read", "ssh"),
    ],
    description: "Use workspaces: view them, and connect by SSH and to their apps.",
  },
  "coder:workspaces.create": {
    about: ["workspace"],
    permissions: [
      ...on("organization_member", "read"),
      ...on("template", "read", "use"),
      ...on("workspace", "create", "read", "start", "stop", "update"),
    ],
    description: "Create workspaces from templates, and start, stop and update them.",
  },
  "coder:workspaces.delete": {
    about: ["workspace"],
    permissions: [...on("organization_member", "read"), ...on("template", "read", "use"), ...on("workspace", "delete", "read")],
    description: "Delete workspaces that you can see.",
  },
  "coder:workspaces.operate": {
    about: ["workspace"],
    permissions: [...on("organization_member", "read"), ...on("template", "read"), ...on("workspace", "read", "start", "stop", "update")],
    description: "Start, stop and update existing workspaces.",
  },
};

const SPECIALS: Readonly<Record<string, { readonly permissions: readonly Permission[]; readonly description: string }>> = {
  "coder:all": { permissions: FULL_SCOPE.permissions, description: "Everything that the user may do." },
  "coder:application_connect": {
    permissions: on("workspace", "application_connect"),
    description: "Connect to the apps of workspaces, and nothing else.",
  },
};

/** The public names of single actions. Other actions are only for the server, or only useful inside a composite. */
const PUBLIC_LOW_LEVEL: Readonly<Record<string, string>> = {
  "api_key:*": "All actions on API tokens and sessions.",
  "api_key:create": "Create API tokens.",
  "api_key:delete": "Delete and expire API tokens and sessions.",
  "api_key:read": "View API tokens and sessions, without their secrets.",
  "api_key:update": "Change API tokens: scopes, allow list, lifetime.",
  // Not one of Coder's, which lets no token read the log except one that may do everything.
  "audit_log:read": "View the audit log.",
  "file:*": "All actions on uploaded files.",
  "file:create": "Upload files.",
  "file:read": "Download uploaded files.",
  "organization:*": "All actions on organizations, including creating them.",
  "organization:delete": "Delete organizations.",
  "organization:read": "View organizations.",
  "organization:update": "Change organizations.",
  "template:*": "All actions on templates, including their insights.",
  "template:create": "Create templates.",
  "template:delete": "Delete templates.",
  "template:read": "View templates and their versions.",
  "template:update": "Change templates and their versions.",
  "template:use": "Create workspaces from templates.",
  "user:*": "All actions on users, including creating and deleting them.",
  "user:read": "View users.",
  "user:read_personal": "Read a user's personal data: Git SSH key, external logins, settings.",
  "user:update_personal": "Change a user's personal data: Git SSH key, external logins, settings.",
  "workspace:*": "All actions on workspaces, including sharing them.",
  "workspace:application_connect": "Connect to the apps of workspaces.",
  "workspace:create": "Create workspaces.",
  "workspace:delete": "Delete workspaces.",
  "workspace:read": "View workspaces, their builds, agents and logs.",
  "workspace:ssh": "Connect to workspaces by SSH.",
  "workspace:start": "Start workspaces.",
  "workspace:stop": "Stop workspaces.",
  "workspace:update": "Change workspaces and their settings.",
};

/** Older spellings, each of which is stored, compared and shown as the newer one. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["all", "coder:all"],
  ["application_connect", "coder:application_connect"],
]);

export type ScopeKind = "special" | "low_level" | "wildcard" | "composite";

export interface CatalogEntry {
  readonly name: string;
  readonly kind: ScopeKind;
  /** One line for people. */
  readonly description: string;
  /** `type:action`; wildcards are not expanded. */
  readonly permissions: readonly string[];
}

/** Said of each scope that lets a user who may write templates have code run where daemons run. */
const CODE_NOTE = "For whoever may write templates, as good as code on the server.";

/** Every public scope, sorted by name. */
export const CATALOG: readonly CatalogEntry[] = [
  ...Object.entries(SPECIALS).map(([name, { description }]) => entryOf(name, "special", description)),
  ...Object.entries(COMPOSITES).map(([name, { description }]) => entryOf(name, "composite", description)),
  ...Object.entries(PUBLIC_LOW_LEVEL).map(([name, description]) =>
    entryOf(name, name.endsWith(":*") ? "wildcard" : "low_level", description),
  ),
].sort((a, b) => (a.name < b.name ? -1 : 1));

/** The scopes that a client may request, sorted, without the aliases. */
export const PUBLIC_SCOPES: readonly string[] = CATALOG.map(({ name }) => name);

const PUBLIC = new Set(PUBLIC_SCOPES);

function entryOf(name: string, kind: ScopeKind, about: string): CatalogEntry {
  const allowed = permissionsOfScope(name) ?? [];
  const description = runsCode(allowed) ? `${about} ${CODE_NOTE}` : about;
  return { name, kind, description, permissions: allowed.map(({ type, action }) => `${type}:${action}`).sort() };
}

export function canonicalScopeName(name: string): string {
  return ALIASES.get(name) ?? name;
}

/**
 * What a canonical name allows, public or not; undefined if there is no such scope.
 * `*:*` is not a scope, so that only the stored text `coder:all` stands for everything.
 */
export function permissionsOfScope(name: string): readonly Permission[] | undefined {
  if (Object.hasOwn(SPECIALS, name)) return SPECIALS[name]?.permissions;
  if (Object.hasOwn(COMPOSITES, name)) return COMPOSITES[name]?.permissions;
  const colon = name.indexOf(":");
  const type = name.slice(0, Math.max(colon, 0));
  const action = name.slice(colon + 1);
  if (!isResourceType(type)) return undefined;
  return action === "*" || isActionOf(type, action) ? [{ type, action }] : undefined;
}

/** The permissions that a scope needs on types other than its own. Only composites have any. */
export function helperPermissions(name: string): readonly { readonly type: ResourceType; readonly action: Action }[] {
  return HELPERS.get(name) ?? [];
}

const HELPERS = new Map(
  Object.entries(COMPOSITES).map(([name, { about, permissions }]) => [
    name,
    permissions.flatMap(({ type, action }) => (type === "*" || action === "*" || about.includes(type) ? [] : { type, action })),
  ]),
);

export type ParsedScopeNames =
  | { readonly kind: "parsed"; readonly names: string[] }
  /** `nearest` is the public name that was probably meant. */
  | { readonly kind: "unknown"; readonly name: string; readonly nearest: string | undefined };

/** Parses the names that a client requests: public names and aliases, spelled exactly. Rewrites aliases and drops duplicates. */
export function parseScopeNames(names: readonly string[]): ParsedScopeNames {
  const canonical = names.map(canonicalScopeName);
  const at = canonical.findIndex((name) => !PUBLIC.has(name));
  if (at === -1) return { kind: "parsed", names: [...new Set(canonical)] };
  const name = names[at] ?? "";
  const nearest = nearestName(name, [...PUBLIC_SCOPES, ...ALIASES.keys()]);
  return { kind: "unknown", name, nearest: nearest && canonicalScopeName(nearest) };
}

export type EffectiveScope =
  | { readonly kind: "known"; readonly scope: Scope }
  /** The names that are unknown; empty if there were no names at all. */
  | { readonly kind: "unknown"; readonly names: readonly string[] };

/**
 * The scope that a key's stored names and allow list describe. A key without names is unknown, not allowed everything; one unknown name
 * makes the whole key unknown. An empty list admits nothing, not even the defaults of composites.
 */
export function effectiveScope(names: readonly string[], allowList: AllowList): EffectiveScope {
  const combined = combine(names);
  if (combined.unknown.length > 0 || combined.names.length === 0) return { kind: "unknown", names: combined.unknown };
  return {
    kind: "known",
    scope: { names: combined.names, permissions: combined.permissions, allowList, defaults: defaultsWithin(combined, allowList) },
  };
}

/** The permissions that the composites among the names have on every object of the types that the list does not mention. */
export function defaultsOf(names: readonly string[], allowList: AllowList): readonly Permission[] {
  return defaultsWithin(combine(names), allowList);
}

interface Combined {
  /** Canonical, each once. */
  readonly names: readonly string[];
  readonly unknown: readonly string[];
  readonly permissions: readonly Permission[];
  readonly helpers: readonly { readonly type: ResourceType; readonly action: Action }[];
  /** Keyed by the types that a list does not mention. */
  readonly defaults: Map<string, readonly Permission[]>;
}

/** Most keys have one of a few combinations of names. The same names return the same arrays, so these are compiled once. */
const combinations = new BoundedCache<Combined>(CACHED_COMBINATIONS);

function combine(names: readonly string[]): Combined {
  const key = JSON.stringify(names); // stored names can be any text, so two different lists could look alike when joined
  const cached = combinations.get(key);
  if (cached !== undefined) return cached;
  const canonical = [...new Set(names.map(canonicalScopeName))];
  const combined: Combined = {
    names: canonical,
    unknown: canonical.filter((name) => permissionsOfScope(name) === undefined),
    permissions: canonical.flatMap((name) => permissionsOfScope(name) ?? []),
    helpers: canonical.flatMap(helperPermissions),
    defaults: new Map(),
  };
  if (combined.unknown.length === 0) combinations.set(key, combined);
  return combined;
}

const NO_DEFAULTS: readonly Permission[] = [];

function defaultsWithin({ helpers, defaults }: Combined, allowList: AllowList): readonly Permission[] {
  if (helpers.length === 0 || allowList.length === 0) return NO_DEFAULTS;
  const missing = helpers.filter(({ type }) => !mentions(allowList, type));
  if (missing.length === 0) return NO_DEFAULTS;
  const key = missing.map(({ type }) => type).join();
  const known = defaults.get(key) ?? missing;
  defaults.set(key, known);
  return known;
}
