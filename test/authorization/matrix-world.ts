import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sql } from "kysely";
import pino from "pino";
import { deriveAgentToken } from "#credentials/agent-token.ts";
import { accessTo } from "#server/access/access.ts";
import { hashPassword } from "#server/access/password.ts";
import { routesOf } from "#server/features.ts";
import { createApp } from "#server/http/app.ts";
import type { App } from "#server/http/fastify-app.ts";
import { type OrganizationId, TemplateVersionId, type UserId } from "#server/ids.ts";
import { DEFAULT_TOKEN_LIFETIMES } from "#server/tokens/lifetimes.ts";
import { serveDaemons, type TestDaemon } from "../contracts/daemon.ts";
import { newSqlite } from "../contracts/databases.ts";
import { insertKey } from "../contracts/keys.ts";
import { complete, machine, pushVersion, tokenAgent } from "../contracts/template.ts";
import { openWorld, type World } from "../contracts/world.ts";
import { tarOf } from "../server/server-world.ts";
import { openUndoLog, type UndoLog } from "./undo-log.ts";

export interface MatrixTemplate {
  readonly id: string;
  readonly name: string;
  readonly isShared: boolean;
  /** Active. */
  readonly version: { readonly id: string; readonly name: string };
  readonly otherVersion: string;
  readonly pendingVersion: string;
}

/** What a workspace has, when it runs and nothing happens with it. */
export interface MatrixWorkspace {
  readonly id: string;
  readonly name: string;
  readonly build: string;
  readonly job: string;
  readonly agent: string;
  readonly agentToken: string;
  /** A second workspace's start, which no daemon has taken. */
  readonly pendingBuild: string;
  readonly pendingWorkspace: string;
}

export interface MatrixPerson {
  /** As grants.md calls them. */
  readonly username: string;
  readonly id: UserId;
  /** Names of those that the person is in. */
  readonly organizations: readonly string[];
  readonly workspace: MatrixWorkspace;
  /** An API token by its name and id. */
  readonly token: { readonly name: string; readonly id: string };
  /** In no template. */
  readonly file: { readonly id: string };
}

export interface MatrixOrganization {
  readonly id: string;
  readonly name: string;
  readonly provisionerKey: { readonly id: string; readonly name: string };
  /** Imported, of no template yet. */
  readonly looseVersion: string;
}

export interface MatrixWorld {
  readonly app: App;
  readonly world: World;
  readonly undoLog: UndoLog;
  readonly olive: MatrixPerson;
  readonly mia: MatrixPerson;
  readonly finn: MatrixPerson;
  readonly home: MatrixOrganization;
  readonly far: MatrixOrganization;
  /** In home, for everybody in it. */
  readonly template: MatrixTemplate;
  /** In home, for nobody but administrators. */
  readonly hiddenTemplate: MatrixTemplate;
  /** In home, with nothing of their own. */
  readonly idle: { readonly username: string; readonly id: string };
  /** In far only. */
  readonly newcomer: { readonly username: string; readonly id: string };
  /** That nobody has uploaded. */
  readonly archive: Buffer;
  /** With `api_key_scope` `no_user_data`; mia's has `all`. */
  readonly restrictedAgentToken: string;
}

/** Everybody's. */
export const PASSWORD = "Purple monkey 7 dishwasher!";

export const AGENT_BINARY = "coder-linux-amd64";

/** A deployment in which each person has one of everything. Closed when the test ends. */
export async function openMatrixWorld(): Promise<MatrixWorld> {
  const world = await openWorld(newSqlite);
  const { core } = world.store.system;
  // Nobody needs these rows after the test, and what each commit waits for would be most of its time.
  await sql`pragma synchronous = off`.execute(core.db);
  const daemons = await serveDaemons(world);
  const daemon = daemons.daemon();
  await core.db.updateTable("organizations").set({ name: "home" }).execute();
  const far = await world.asOwner.organizations.create({ name: "far", displayName: "Far" });
  const mia = await world.member("mia");
  const finn = await world.member("finn");
  await world.asOwner.organizationMembers.add(far.id, finn.user.id);
  const idle = await world.member("ida");
  const newcomer = await world.asOwner.users.create({
    email: "ned@example.test",
    username: "ned",
    loginType: "none",
    organizationIds: [far.id],
  });
  await core.db
    .updateTable("users")
    .set({ login_type: "password", hashed_password: await hashPassword(PASSWORD) })
    .execute();

  const templates = [await importTemplate(world, daemon, "shared"), await importTemplate(world, daemon, "hidden")] as const;
  const loose = await importVersion(world, daemon, {});
  const people = { olive: world.owner, mia: mia.user, finn: finn.user };
  const running = new Map<string, Awaited<ReturnType<typeof startWorkspace>>>();
  for (const [name, { id }] of Object.entries(people))
    running.set(name, await startWorkspace(world, daemon, { ownerId: id, templateId: templates[0].id }));
  const restricted = await startWorkspace(world, daemon, {
    ownerId: mia.user.id,
    templateId: templates[0].id,
    apiKeyScope: "no_user_data",
    name: "restricted",
  });

  const { key: farKey, secret } = await world.asOwner.provisionerKeys.create({ organizationId: far.id, name: "importer", tags: {} });
  const looseInFar = await importVersion(world, daemons.daemon({ name: "importer", key: secret }), { organizationId: far.id });
  await world.asOwner.provisionerKeys.delete(farKey.id);

  // From here on no daemon takes anything.
  const matrixTemplates = [];
  for (const { id, name, isShared, version, otherVersion } of templates) {
    const pending = await pushVersion(world, { templateId: id });
    matrixTemplates.push({ id, name, isShared, version, otherVersion, pendingVersion: pending.id });
  }
  const [template, hiddenTemplate] = matrixTemplates;
  if (template === undefined || hiddenTemplate === undefined) throw new Error("no templates");
  const memberships = await core.db
    .selectFrom("organization_members")
    .innerJoin("organizations", "organizations.id", "organization_members.organization_id")
    .select(["user_id", "organizations.name"])
    .execute();
  const person = async (username: keyof typeof people): Promise<MatrixPerson> => {
    const { id } = people[username];
    const workspace = running.get(username);
    if (workspace === undefined) throw new Error(`${username} has no workspace`);
    const waiting = await world.asOwner.workspaces.create({ ownerId: id, templateId: templates[0].id, name: "waiting", parameters: [] });
    const { key } = await insertKey(world.store, {
      userId: id,
      loginType: "token",
      tokenName: "old",
      scopes: ["workspace:read"],
      allowList: ["*:*"],
      lifetimeSeconds: 86_400,
    });
    const file = await world.store.system.files.create({
      createdBy: id,
      mimetype: "application/x-tar",
      data: Buffer.from(`of ${username}`),
    });
    return {
      username,
      id,
      organizations: memberships.filter(({ user_id }) => user_id === id).map(({ name }) => name),
      workspace: { ...workspace, pendingBuild: waiting.build.id, pendingWorkspace: waiting.workspace.id },
      token: { name: "old", id: key.id },
      file: { id: file.id },
    };
  };
  const organization = async (id: OrganizationId, name: string) => {
    const { key } = await world.asOwner.provisionerKeys.create({ organizationId: id, name: "daemons", tags: {} });
    return { id, name, provisionerKey: { id: key.id, name: "daemons" } };
  };
  const matrix = {
    world,
    app: await openApp(world),
    olive: await person("olive"),
    mia: await person("mia"),
    finn: await person("finn"),
    home: { ...(await organization(world.organizationId, "home")), looseVersion: loose },
    far: { ...(await organization(far.id, "far")), looseVersion: looseInFar },
    template,
    hiddenTemplate,
    idle: { username: "ida", id: idle.user.id },
    newcomer: { username: "ned", id: newcomer.id },
    archive: await tarOf({ "main.tf": "" }),
    restrictedAgentToken: restricted.agentToken,
  };
  await core.db.updateTable("users").set({ status: "active", last_seen_at: world.clock.now() }).execute();
  return { ...matrix, undoLog: await openUndoLog(core.db) };
}

async function importVersion(world: World, daemon: TestDaemon, extra: Parameters<typeof pushVersion>[1]): Promise<TemplateVersionId> {
  const version = await pushVersion(world, extra);
  const job = await daemon.acquire();
  if (job === undefined) throw new Error("no import to do");
  await daemon.client.completeJob({ jobId: job.jobId, type: { case: "templateImport", value: {} } }, daemon.options);
  return TemplateVersionId.parse(version.id);
}

async function importTemplate(world: World, daemon: TestDaemon, name: "shared" | "hidden") {
  const versionId = await importVersion(world, daemon, { name: "one" });
  const { id } = await world.asOwner.templates.create({
    organizationId: world.organizationId,
    versionId,
    name,
    hiddenFromEveryone: name === "hidden",
  });
  const otherVersion = await importVersion(world, daemon, { name: "two", templateId: id });
  return { id, name, isShared: name === "shared", version: { id: versionId, name: "one" }, otherVersion };
}

interface NewMatrixWorkspace {
  readonly ownerId: UserId;
  readonly templateId: Parameters<World["asOwner"]["workspaces"]["create"]>[0]["templateId"];
  readonly apiKeyScope?: string;
  readonly name?: string;
}

async function startWorkspace(
  world: World,
  daemon: TestDaemon,
  { ownerId, templateId, apiKeyScope = "all", name = "desk" }: NewMatrixWorkspace,
) {
  const { workspace, build } = await world.asOwner.workspaces.create({ ownerId, templateId, name, parameters: [] });
  const agent = tokenAgent("main", apiKeyScope);
  const { secret } = await complete(daemon, { state: "{}", resources: [machine(agent)] });
  const [resource] = await world.asOwner.resources.ofJob(build.job.id);
  const agentId = resource?.agents[0]?.id;
  if (agentId === undefined) throw new Error("the workspace has no agent");
  return { id: workspace.id, name, build: build.id, job: build.job.id, agent: agentId, agentToken: deriveAgentToken(secret, agent.id) };
}

async function openApp({ store, database, clock }: World): Promise<App> {
  const { authentication, setup, sessions } = store.system;
  const agentBinaryDirectory = join(dirname(database.location.kind === "sqlite" ? database.location.path : ""), "bin");
  await mkdir(agentBinaryDirectory);
  await writeFile(join(agentBinaryDirectory, AGENT_BINARY), "an agent");
  const routes = routesOf({
    authentication,
    deploymentId: store.system.deploymentId,
    setup,
    sessions,
    usage: { flush: async () => {} },
    ping: () => store.ping(),
    now: clock.now,
    accessUrl: () => "https://proviso.example.test",
    externalAuthProviders: [{ id: "git", type: "github", displayName: "Git", displayIcon: "", match: undefined }],
    agentBinaryDirectory,
    rateLimits: { login: 0, files: 0 },
    tokenLifetimes: DEFAULT_TOKEN_LIFETIMES,
  });
  const accessUrl = (): string => "https://proviso.example.test";
  return createApp({ authentication, accessFor: accessTo(store.system.core), log: pino({ level: "silent" }), accessUrl }, routes);
}
