/**
 * Calls that make queries ask all that their rules say, whatever role asks. A query that has none here must ask all of it in answers to the
 * requests of test/authorization/needs.test.ts, as a plain GET does.
 */
import type { Row } from "#server/database/tables.ts";
import { type AgentId, AppId, type FileId, LogSourceId, type OrganizationId, ScriptId, type UserId } from "#server/ids.ts";
import { patch, wish } from "#server/tokens/keys.fixture.ts";
import type { Population } from "./population.ts";
import type { StoreView } from "./store-view.ts";

/** What the calls below are about. */
export interface Scene {
  readonly rows: Population;
  readonly organizationId: OrganizationId;
  readonly other: OrganizationId;
  readonly ownerId: UserId;
  /** Members with roles of the site and of the organization. */
  readonly annId: UserId;
  readonly bobId: UserId;
  readonly agentId: AgentId;
  readonly fileId: FileId;
  readonly key: Row<"provisioner_keys">;
  /** Jobs of a start, a stop, a delete, an import, and for nothing. */
  readonly jobs: Readonly<Record<"start" | "stop" | "delete" | "import" | "other", Row<"provisioner_jobs">["id"]>>;
  /** The first user, with a session. */
  readonly asOwner: StoreView;
  /** May nothing. */
  readonly asStranger: StoreView;
  /** May make templates, and nothing else. */
  readonly asMaker: StoreView;
}

type Call = () => Promise<unknown>;
/** Calls that together ask everything that the rule says. Those that are refused, or find nothing, count as well. */
export type Drive = (view: StoreView, scene: Scene) => readonly Call[];
type Drives = { readonly [E in keyof StoreView]: { readonly [M in keyof StoreView[E]]: Drive } };

const LIFETIMES = { lifetimes: { defaultMs: 60_000, maximumMs: 3_600_000, ownerMaximumMs: 3_600_000 } };
const APPEARANCE = { theme_preference: "dark", theme_mode: "single", theme_light: "", theme_dark: "", terminal_font: "" } as const;
const ENDED = AbortSignal.abort();

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

function ofEachJob(ask: (view: StoreView, id: Scene["jobs"]["start"]) => Promise<unknown>): Drive {
  return (view, { jobs }) => [jobs.start, jobs.import, jobs.other].map((id) => () => ask(view, id));
}

export function first<T>(list: readonly T[], index = 0): T {
  const found = list[index];
  if (found === undefined) throw new Error("the population is too small");
  return found;
}

export const DRIVES: Drives = {
  agents: {
    get: (view, { agentId }) => [() => view.agents.get(agentId)],
    manifest: (view, { agentId }) => [() => view.agents.manifest(agentId)],
    workspaceOf: (view, { agentId }) => [() => view.agents.workspaceOf(agentId)],
    markConnected: (view, { agentId }) => [() => view.agents.markConnected(agentId)],
    markDisconnected: (view, { agentId }) => [() => view.agents.markDisconnected(agentId)],
    updateStartup: (view, { agentId }) => [
      () => view.agents.updateStartup(agentId, { version: "", apiVersion: "", expandedDirectory: "", subsystems: [] }),
    ],
    setLifecycle: (view, { agentId }) => [() => view.agents.setLifecycle(agentId, "ready")],
    updateMetadata: (view, { agentId }) => [() => view.agents.updateMetadata(agentId, [])],
    updateAppHealths: (view, { agentId }) => [
      () => view.agents.updateAppHealths(agentId, [{ appId: AppId.parse(crypto.randomUUID()), health: "healthy" }]),
    ],
    recordScriptTiming: (view, { agentId }) => [
      () => {
        const [stage, status, at] = ["start", "ok", new Date(0)] as const;
        const script_id = ScriptId.parse(crypto.randomUUID());
        return view.agents.recordScriptTiming(agentId, { script_id, stage, status, exit_code: 0, started_at: at, ended_at: at });
      },
    ],
    createLogSource: (view, { agentId }) => [
      () => view.agents.createLogSource(agentId, { id: LogSourceId.parse(crypto.randomUUID()), displayName: "", icon: "" }),
    ],
    appendLogs: (view, { agentId }) => [() => view.agents.appendLogs(agentId, LogSourceId.parse(crypto.randomUUID()), [])],
    logs: (view, { agentId }) => [() => view.agents.logs(agentId)],
    followLogs: (view, { agentId }) => [() => drain(view.agents.followLogs(agentId, { signal: ENDED }))],
  },
  apiKeys: {
    mint: (_, { asOwner, ownerId }) => [
      () => asOwner.apiKeys.mint(ownerId, wish({ scopes: ["workspace:read"], name: "minted" }), LIFETIMES),
    ],
    mintSession: (_, { asOwner, ownerId }) => [() => asOwner.apiKeys.mintSession(ownerId, LIFETIMES)],
    update: (_, { asOwner, ownerId }) => [() => asOwner.apiKeys.update(ownerId, "minted", patch({ description: "described" }), LIFETIMES)],
    get: (view, { ownerId }) => [async () => view.apiKeys.get((await view.apiKeys.getByName(ownerId, "minted")).id)],
    getByName: (view, { ownerId }) => [() => view.apiKeys.getByName(ownerId, "minted")],
    listTokens: (view) => [() => view.apiKeys.listTokens({})],
    expire: (view, { ownerId }) => [async () => view.apiKeys.expire((await view.apiKeys.getByName(ownerId, "minted")).id)],
    delete: (view, { ownerId }) => [async () => view.apiKeys.delete((await view.apiKeys.getByName(ownerId, "minted")).id)],
  },
  apiKeyUsage: {
    of: (view, { ownerId }) => [async () => view.apiKeyUsage.of((await view.apiKeys.getByName(ownerId, "token-0")).id, new Date(0))],
  },
  auditLogs: { list: (view) => [() => view.auditLogs.list()] },
  builds: {
    create: (view, { rows, ownerId }) => {
      const { id: workspaceId } = first(rows.workspaces);
      const start = { workspaceId, transition: "start", initiatorId: ownerId } as const;
      // Of another template than the workspace's.
      const { id: templateVersionId } = first(rows.versions, 2);
      return [
        () => view.builds.create({ ...start, templateVersionId }),
        () => view.builds.create({ ...start, logLevel: "debug" }),
        () => view.builds.create({ ...start, state: Buffer.from("x") }),
        () => view.builds.create({ ...start, transition: "stop" }),
        () => view.builds.create({ ...start, transition: "delete" }),
      ];
    },
    get: (view, { rows }) => [async () => view.builds.get((await view.builds.getLatest(first(rows.workspaces).id)).id)],
    getByNumber: (view, { rows }) => [() => view.builds.getByNumber(first(rows.workspaces).id, 1)],
    getLatest: (view, { rows }) => [() => view.builds.getLatest(first(rows.workspaces).id)],
    latestOf: (view) => [() => view.builds.latestOf([])],
    list: (view, { rows }) => [() => view.builds.list(first(rows.workspaces).id)],
    parameters: (view, { rows }) => [async () => view.builds.parameters((await view.builds.getLatest(first(rows.workspaces).id)).id)],
    pushState: (view, { rows }) => [
      async () => {
        const { id } = await view.builds.getLatest(first(rows.workspaces).id);
        return view.builds.pushState(id, ReadableStream.from([]), { force: false, onlyLatest: false });
      },
    ],
    state: (view, { rows }) => [async () => view.builds.state((await view.builds.getLatest(first(rows.workspaces).id)).id)],
  },
  externalAuthLinks: {
    find: (view, { ownerId }) => [() => view.externalAuthLinks.find(ownerId, "git")],
    list: (view, { ownerId }) => [() => view.externalAuthLinks.list(ownerId)],
    put: (view, { ownerId }) => [
      () => {
        const tokens = { access_token: "a", refresh_token: undefined, expires_at: undefined, extra: undefined };
        return view.externalAuthLinks.put({ provider_id: "git", user_id: ownerId, ...tokens });
      },
    ],
    delete: (view, { ownerId }) => [() => view.externalAuthLinks.delete(ownerId, "git")],
  },
  files: {
    create: (view, { ownerId }) => [() => view.files.create({ createdBy: ownerId, mimetype: "x", data: Buffer.from("y") })],
    get: (_, { asStranger, fileId }) => [() => asStranger.files.get(fileId)],
  },
  gitSshKeys: {
    get: (view, { ownerId }) => [() => view.gitSshKeys.get(ownerId)],
    getPair: (view, { ownerId }) => [() => view.gitSshKeys.getPair(ownerId)],
    regenerate: (view, { ownerId }) => [() => view.gitSshKeys.regenerate(ownerId)],
  },
  jobs: {
    get: ofEachJob((view, id) => view.jobs.get(id)),
    list: (view, { organizationId }) => [() => view.jobs.list({ organizationId })],
    logs: ofEachJob((view, id) => view.jobs.logs(id)),
    followLogs: ofEachJob((view, id) => drain(view.jobs.followLogs(id, { signal: ENDED }))),
    waitUntilOver: ofEachJob((view, id) => view.jobs.waitUntilOver(id, AbortSignal.timeout(10_000))),
    cancel: (view, { jobs }) => Object.values(jobs).map((id) => () => view.jobs.cancel(id)),
  },
  organizations: {
    get: (view, { organizationId }) => [() => view.organizations.get(organizationId)],
    getByReference: (view) => [() => view.organizations.getByReference("default")],
    findOwnId: (view) => [() => view.organizations.findOwnId("default")],
    list: (view) => [() => view.organizations.list()],
    listOfUser: (view, { ownerId }) => [() => view.organizations.listOfUser(ownerId)],
    create: (view) => [() => view.organizations.create({ name: "third", displayName: "Third" })],
    update: (view, { organizationId }) => [
      () => view.organizations.update(organizationId, { defaultMemberRoles: ["organization-workspace-access", "organization-auditor"] }),
      () => view.organizations.update(organizationId, { defaultMemberRoles: ["organization-workspace-access"] }),
    ],
    delete: (view) => [async () => view.organizations.delete((await view.organizations.getByReference("third")).id)],
  },
  organizationMembers: {
    get: (view, { organizationId, ownerId }) => [() => view.organizationMembers.get(organizationId, ownerId)],
    list: (view, { organizationId }) => [() => view.organizationMembers.list(organizationId)],
    possibleOwners: (view, { organizationId }) => [() => view.organizationMembers.possibleOwners(organizationId)],
    add: (view, { other, annId }) => [() => view.organizationMembers.add(other, annId)],
    remove: (view, { organizationId, bobId }) => [() => view.organizationMembers.remove(organizationId, bobId)],
    setRoles: (view, { organizationId, annId }) => [
      () => view.organizationMembers.setRoles(organizationId, annId, ["organization-template-admin"]),
    ],
  },
  provisionerDaemons: { list: (view, { organizationId }) => [() => view.provisionerDaemons.list(organizationId)] },
  provisionerKeys: {
    create: (view, { organizationId }) => [() => view.provisionerKeys.create({ organizationId, name: "new", tags: {} })],
    list: (view, { organizationId }) => [() => view.provisionerKeys.list(organizationId)],
    getByName: (view, { organizationId }) => [() => view.provisionerKeys.getByName(organizationId, "new")],
    delete: (view, { key }) => [() => view.provisionerKeys.delete(key.id)],
  },
  resources: {
    ofJob: ofEachJob((view, id) => view.resources.ofJob(id)),
    ofJobs: (view, { jobs }) => [() => view.resources.ofJobs([jobs.start, jobs.import, jobs.other])],
  },
  roles: {
    ofSite: (view) => [() => view.roles.ofSite()],
    ofOrganization: (view, { organizationId }) => [() => view.roles.ofOrganization(organizationId)],
  },
  templates: {
    create: (view, { organizationId, rows }) => [
      () => view.templates.create({ organizationId, versionId: first(rows.versions).id, name: "taken" }),
    ],
    get: (view, { rows }) => [() => view.templates.get(first(rows.templates).id)],
    getByName: (view, { organizationId }) => [() => view.templates.getByName(organizationId, "t0")],
    list: (view) => [() => view.templates.list()],
    update: (view, { rows }) => [() => view.templates.update(first(rows.templates).id, { description: "described" })],
    setActiveVersion: (view, { rows }) => [() => view.templates.setActiveVersion(first(rows.templates).id, first(rows.versions, 2).id)],
    delete: (view, { rows }) => [() => view.templates.delete(first(rows.templates).id)],
  },
  templateVersions: {
    create: (view, { asMaker, organizationId, fileId, ownerId, rows }) => {
      const version = { organizationId, fileId, provisioner: "terraform", createdBy: ownerId } as const;
      return [
        () => asMaker.templateVersions.create(version),
        () => view.templateVersions.create({ ...version, templateId: first(rows.templates).id }),
      ];
    },
    get: (view, { rows }) => [() => view.templateVersions.get(first(rows.versions).id)],
    getByName: (view, { rows }) => [() => view.templateVersions.getByName(first(rows.templates).id, "v0")],
    list: (view, { rows }) => [() => view.templateVersions.list(first(rows.templates).id)],
    update: (view, { rows }) => [() => view.templateVersions.update(first(rows.versions).id, { message: "new" })],
    parameters: (view, { rows }) => [() => view.templateVersions.parameters(first(rows.versions).id)],
    variables: (view, { rows }) => [() => view.templateVersions.variables(first(rows.versions).id)],
    presets: (view, { rows }) => [() => view.templateVersions.presets(first(rows.versions).id)],
  },
  users: {
    get: (view, { ownerId }) => [() => view.users.get(ownerId)],
    self: (view, { asOwner, ownerId }) => [async () => view.users.self(await asOwner.users.get(ownerId))],
    getPersonal: (view, { ownerId }) => [() => view.users.getPersonal(ownerId)],
    find: (view) => [() => view.users.find("nobody")],
    list: (view) => [() => view.users.list()],
    create: (view, { organizationId }) => [
      () => {
        const user = { email: "new@example.test", username: "new", loginType: "none", roles: ["auditor"] } as const;
        return view.users.create({ ...user, organizationIds: [organizationId] });
      },
    ],
    update: (view, { annId }) => [() => view.users.update(annId, { name: "Ann" })],
    setStatus: (view, { annId }) => [() => view.users.setStatus(annId, "dormant")],
    setPassword: (_, { asOwner, ownerId, annId }) => [
      () => asOwner.users.setPassword(ownerId, { new: "n", old: "o" }),
      () => asOwner.users.setPassword(annId, { new: "n" }),
    ],
    roles: (view, { annId }) => [() => view.users.roles(annId)],
    setRoles: (view, { annId }) => [() => view.users.setRoles(annId, ["template-admin"])],
    appearance: (view, { annId }) => [() => view.users.appearance(annId)],
    setAppearance: (view, { annId }) => [() => view.users.setAppearance(annId, APPEARANCE)],
    delete: (view, { annId }) => [() => view.users.delete(annId)],
  },
  workspaces: {
    create: (view, { rows, ownerId }) => {
      const { id: templateId } = first(rows.templates);
      const workspace = { ownerId, initiatorId: ownerId, templateId, name: "new", parameters: [] };
      return [() => view.workspaces.create({ ...workspace, templateVersionId: first(rows.versions, 2).id })];
    },
    get: (view, { rows }) => [() => view.workspaces.get(first(rows.workspaces).id)],
    getByOwnerAndName: (view, { rows }) => [() => view.workspaces.getByOwnerAndName(first(rows.workspaces).owner_id, "w0")],
    list: (view) => [() => view.workspaces.list()],
    update: (view, { rows }) => [() => view.workspaces.update(first(rows.workspaces).id, { favorite: true })],
  },
};

/** The names of the queries that have calls here. */
export const DRIVEN: ReadonlySet<string> = new Set(
  Object.entries(DRIVES).flatMap(([about, drives]) => Object.keys(drives).map((name) => `${about}.${name}`)),
);
