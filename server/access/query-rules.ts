/**
 * What every query asks before it answers: the table that people review. The compiler requires a line for each query that `ruled` wraps,
 * and a wrapped query without one does not load; a query that asked nothing gives no answer, and a query cannot ask what its line does not
 * contain (ruled.ts). test/contracts/query-rules.test.ts and test/authorization/needs.test.ts run each query and find lines that contain too much.
 *
 * - `read T`: the object of type T may be read; otherwise it looks as if it did not exist (404).
 * - `require A T`: action A is allowed on it; refused as missing if the object may not be read either, else openly (403).
 * - `open A T`: action A on something that does not exist yet, or whose existence is not secret; refused openly.
 * - `list A T`: the database leaves out rows on which A is not allowed.
 * - `may A T`: the answer partly depends on it. Never sufficient alone.
 *
 * In some cases a query may ask less than its line contains (for a version without a template), but never more. `workspace` also stands for
 * dormant workspaces, which have a type of their own, `workspace_dormant`, with the same actions.
 */
import { parseRule, type QueryRule, QueryRuleError, type RuledQuery } from "./query-rule.ts";

/** What a job is for decides: its workspace, its template, or neither. */
const READ_JOB = ["read workspace", "read template", "read provisioner_jobs"] as const satisfies QueryRule;

/** Of agents: the values of their environment, and the texts of their scripts. */
const SEE_VALUES = ["may ssh workspace", "may update_agent workspace", "may update template"] as const satisfies QueryRule;

export const QUERY_RULES = {
  agents: {
    // What the template gave to it is shown to whoever may read it inside.
    get: ["read workspace", "may ssh workspace", "may update_agent workspace"],
    manifest: ["read workspace"],
    workspaceOf: ["read workspace"],
    markConnected: ["require update_agent workspace"],
    markDisconnected: ["require update_agent workspace"],
    updateStartup: ["require update_agent workspace"],
    setLifecycle: ["require update_agent workspace"],
    updateMetadata: ["require update_agent workspace"],
    updateAppHealths: ["require update_agent workspace"],
    recordScriptTiming: ["require update_agent workspace"],
    createLogSource: ["require update_agent workspace"],
    appendLogs: ["require update_agent workspace"],
    logs: ["read workspace"],
    followLogs: ["read workspace"],
  },
  apiKeys: {
    // The rules of server/tokens decide what a key may be given.
    mint: ["open create api_key"],
    mintSession: ["open create api_key"],
    update: ["require update api_key"],
    get: ["read api_key"],
    getByName: ["read api_key"],
    listTokens: ["list read api_key"],
    expire: ["require update api_key"],
    delete: ["require delete api_key"],
  },
  apiKeyUsage: { of: ["read api_key"] },
  auditLogs: {
    // It first asks whether there is any organization whose log may be read.
    list: ["open read audit_log", "list read audit_log"],
  },
  builds: {
    create: [
      "require start workspace",
      "require stop workspace",
      "require delete workspace",
      // To give it a state or a log level, or to use a version other than the active one of a template that requires that.
      "require update template",
      "may update template",
      // For a version that belongs to another template: a caller who may not see that template learns nothing about it.
      "read template",
    ],
    get: ["read workspace"],
    getByNumber: ["read workspace"],
    getLatest: ["read workspace"],
    latestOf: ["list read workspace"],
    list: ["list read workspace"],
    // The owner sees them with a session, whatever else they may do.
    parameters: ["read workspace", "require update workspace"],
    // A state may hold what its template has copied of the owner's credentials.
    state: ["read workspace", "require update template", "open read_personal user"],
    pushState: ["read workspace", "require update template"],
    timings: ["read workspace"],
  },
  externalAuthLinks: {
    find: ["require read_personal user"],
    list: ["require read_personal user"],
    put: ["require update_personal user"],
    delete: ["require update_personal user"],
  },
  files: {
    create: ["open create file"],
    // A source holds addresses and names that a template's users need not see: whoever may change the template may read it.
    get: ["read file", "require update template"],
  },
  gitSshKeys: {
    get: ["require read_personal user"],
    getPair: ["require read_personal user"],
    regenerate: ["require update_personal user"],
  },
  jobs: {
    get: READ_JOB,
    list: ["open read provisioner_jobs"],
    logs: READ_JOB,
    followLogs: READ_JOB,
    waitUntilOver: READ_JOB,
    // Whoever may start it may cancel it; for an import the template decides.
    cancel: [
      "require start workspace",
      "require stop workspace",
      "require delete workspace",
      "require update template",
      "require update provisioner_jobs",
    ],
  },
  organizations: {
    get: ["read organization"],
    getByReference: ["read organization"],
    findOwnId: { none: "a member of an organization may name it; only its ID is returned" },
    list: ["list read organization"],
    listOfUser: ["list read organization"],
    create: ["open create organization"],
    // Roles: if the default roles of members change.
    update: ["require update organization", "open assign assign_org_role", "open unassign assign_org_role"],
    delete: ["require delete organization"],
  },
  organizationMembers: {
    get: ["read organization_member", "may read_personal user"],
    list: ["read organization", "list read organization_member", "may read_personal user"],
    possibleOwners: ["read organization", "list read organization_member", "list create workspace", "may read_personal user"],
    // A new member gets the organization's default roles.
    add: ["read organization", "open create organization_member", "open assign assign_org_role"],
    // Roles: if the member was given any.
    remove: ["require delete organization_member", "open unassign assign_org_role"],
    setRoles: ["read organization_member", "open assign assign_org_role", "open unassign assign_org_role"],
  },
  provisionerDaemons: {
    list: ["list read provisioner_daemon"],
  },
  provisionerKeys: {
    create: ["open create provisioner_daemon"],
    list: ["list read provisioner_daemon"],
    getByName: ["read provisioner_daemon"],
    delete: ["require delete provisioner_daemon"],
  },
  resources: {
    ofJob: [...READ_JOB, ...SEE_VALUES],
    ofJobs: ["list read workspace", "list read template", "list read provisioner_jobs", ...SEE_VALUES],
  },
  roles: {
    ofSite: ["open read assign_role"],
    ofOrganization: ["read organization", "open read assign_org_role"],
  },
  templates: {
    // `read`: for a template that the version already belongs to.
    create: ["open create template", "read template"],
    get: ["read template"],
    getByName: ["read template"],
    list: ["list read template"],
    update: ["require update template"],
    setActiveVersion: ["require update template", "read template"],
    delete: ["require delete template"],
  },
  templateVersions: {
    // A version for a template changes that template; a version on its own may become a new one. Both are made from a file.
    create: ["open create template", "require update template", "read file"],
    get: ["read template"],
    getByName: ["read template"],
    list: ["list read template"],
    update: ["require update template"],
    parameters: ["read template"],
    variables: ["read template"],
    presets: ["read template"],
  },
  users: {
    // Tokens see only with this right whose email address it is.
    get: ["read user", "may read_personal user"],
    self: ["read user"],
    getPersonal: ["require read_personal user"],
    find: ["list read user"],
    list: ["list read user", "may read_personal user"],
    // A new user's initial roles are given like any others; so is its membership, with the organization's default roles.
    create: [
      "open create user",
      "open assign assign_role",
      "read organization",
      "open create organization_member",
      "open assign assign_org_role",
    ],
    update: ["require update_personal user", "may read_personal user"],
    setStatus: ["require update user"],
    // One's own password, or another user's: then the caller must be able to give all of that user's roles, because whoever knows a
    // password can sign in with it.
    setPassword: ["require update_personal user", "list update user", "open assign assign_role", "open assign assign_org_role"],
    roles: ["list read_personal user", "list read organization_member"],
    setRoles: ["read user", "open assign assign_role", "open unassign assign_role"],
    appearance: ["require read_personal user"],
    setAppearance: ["require update_personal user"],
    delete: ["require delete user"],
  },
  workspaces: {
    create: ["require use template", "open create workspace", "require start workspace", "may update template", "read template"],
    get: ["read workspace"],
    getByOwnerAndName: ["read workspace"],
    list: ["list read workspace"],
    update: ["require update workspace"],
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, QueryRule>>>>;

type Rules = typeof QUERY_RULES;
/** Such as `templates.create`: what the query is about, and what it does. */
export type QueryName = { [E in keyof Rules]: `${E}.${keyof Rules[E] & string}` }[keyof Rules];

const RULES: ReadonlyMap<string, QueryRule> = new Map(
  Object.entries(QUERY_RULES).flatMap(([about, rules]: [string, Readonly<Record<string, QueryRule>>]) =>
    Object.entries(rules).map(([query, rule]) => [`${about}.${query}`, rule]),
  ),
);

/** @throws QueryRuleError if the table has no such line */
export function ruleOf(name: QueryName): RuledQuery {
  const rule = RULES.get(name);
  if (rule === undefined) throw new QueryRuleError(`no rule covers ${name}: say in server/access/query-rules.ts what it asks`);
  return { name, asks: parseRule(rule) };
}
