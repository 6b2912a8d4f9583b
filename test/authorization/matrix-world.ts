import { sql } from "kysely";
import type { QueryHooks } from "#server/access/access.ts";
import { hashPassword } from "#server/access/password.ts";
import type { App } from "#server/http/fastify-app.ts";
import type { OrganizationId, TemplateId, UserId } from "#server/ids.ts";
import { serveDaemons, type TestDaemon } from "../contracts/daemon.ts";
import { newSqlite } from "../contracts/databases.ts";
import { insertKey } from "../contracts/keys.ts";
import { pushVersion } from "../contracts/template.ts";
import { openWorld, type World } from "../contracts/world.ts";
import { tarOf } from "../server/server-world.ts";
import { openApp } from "./matrix-app.ts";
import { busyWorkspace, importTemplate, importVersion, importVersionIn, runningWorkspace, waitingWorkspace } from "./matrix-objects.ts";
import { PASSWORD, type Scene, type ScenePerson } from "./scene.ts";
import { openUndoLog, type UndoLog } from "./undo-log.ts";

/** The scene in a database, and a server's routes over it. */
export interface MatrixWorld extends Scene {
  readonly app: App;
  readonly world: World;
  readonly undoLog: UndoLog;
  /** By `api_key_scope`; both agents are mia's. */
  readonly agentTokens: { readonly all: string; readonly no_user_data: string };
}

/**
 * A deployment in which each person has one of everything. Closed when the test ends.
 *
 * @param hooks `onQuery` hears what each request asks
 */
export async function openMatrixWorld(hooks: Pick<QueryHooks, "onQuery"> = {}): Promise<MatrixWorld> {
  const world = await openWorld(newSqlite);
  const { core } = world.store.system;
  // Nobody needs these rows after the test, and what each commit waits for would be most of its time.
  await sql`pragma synchronous = off`.execute(core.db);
  const daemons = await serveDaemons(world);
  const daemon = daemons.daemon();
  await core.db.updateTable("organizations").set({ name: "home" }).execute();
  const far = await world.asOwner.organizations.create({ name: "far", displayName: "Far" });
  // Who makes an organization is in it; olive reads it without being a member.
  await world.store.system.organizationMembers.remove(far.id, world.owner.id);
  const users = await addUsers(world, far.id);

  const shared = await importTemplate(world, daemon, "shared");
  const hidden = await importTemplate(world, daemon, "hidden");
  const loose = await importVersion(world, daemons.daemon({ name: "daemon-2" }), {});
  const looseInFar = await importVersionIn(world, far.id, (key) => daemons.daemon({ name: "importer", key }));
  const templateId = shared.id;
  const restricted = { ownerId: users.mia, templateId, apiKeyScope: "no_user_data", name: "restricted" };
  const restrictedAgent = await runningWorkspace(world, daemon, restricted);
  const busy = {
    olive: await workspacesOf(world, daemon, { ownerId: world.owner.id, templateId }),
    mia: await workspacesOf(world, daemon, { ownerId: users.mia, templateId }),
    finn: await workspacesOf(world, daemon, { ownerId: users.finn, templateId }),
  };

  // From here on no daemon takes anything.
  const organization = async (id: OrganizationId, name: string) => {
    const { key } = await world.asOwner.provisionerKeys.create({ organizationId: id, name: "daemons", tags: {} });
    return { id, name, provisionerKey: { id: key.id, name: "daemons" } };
  };
  const app = await openApp(world, hooks);
  const scene: Scene = {
    olive: await person(world, "olive", world.owner.id, busy.olive),
    mia: await person(world, "mia", users.mia, busy.mia),
    finn: await person(world, "finn", users.finn, busy.finn),
    home: { ...(await organization(world.organizationId, "home")), looseVersion: loose.id },
    far: { ...(await organization(far.id, "far")), looseVersion: looseInFar },
    template: { ...shared, pendingVersion: (await pushVersion(world, { templateId: shared.id })).id },
    hiddenTemplate: { ...hidden, pendingVersion: (await pushVersion(world, { templateId: hidden.id })).id },
    idle: { username: "ida", id: users.idle },
    auditor: { username: "amy", id: users.auditor },
    newcomer: { username: "ned", id: users.newcomer },
    archive: await tarOf({ "main.tf": "" }),
  };
  await core.db.updateTable("users").set({ status: "active", last_seen_at: world.clock.now() }).execute();
  const agentTokens = { all: busy.mia.desk.agentToken, no_user_data: restrictedAgent.agentToken };
  return { ...scene, world, app, agentTokens, undoLog: await openUndoLog(core.db) };
}

async function addUsers(world: World, far: OrganizationId) {
  const { asOwner, organizationId } = world;
  const [mia, finn, idle, auditor] = [
    await world.member("mia"),
    await world.member("finn"),
    await world.member("ida"),
    await world.member("amy"),
  ];
  await asOwner.organizationMembers.add(far, finn.user.id);
  await asOwner.users.setRoles(auditor.user.id, ["auditor"]);
  await asOwner.organizationMembers.setRoles(organizationId, auditor.user.id, ["organization-auditor"]);
  const ned = { email: "ned@example.test", username: "ned", loginType: "none", organizationIds: [far] } as const;
  const newcomer = await asOwner.users.create(ned);
  const password = { login_type: "password", hashed_password: await hashPassword(PASSWORD) } as const;
  await world.store.system.core.db.updateTable("users").set(password).execute();
  return { mia: mia.user.id, finn: finn.user.id, idle: idle.user.id, auditor: auditor.user.id, newcomer: newcomer.id };
}

type Workspaces = Awaited<ReturnType<typeof workspacesOf>>;

/** Those that a daemon has had to do with. */
async function workspacesOf(world: World, daemon: TestDaemon, wanted: { readonly ownerId: UserId; readonly templateId: TemplateId }) {
  const running = (name: string) => runningWorkspace(world, daemon, { ...wanted, name });
  return {
    wanted,
    desk: await running("desk"),
    stopping: await running("stopping"),
    leaving: await running("leaving"),
    busy: await busyWorkspace(world, daemon, { ...wanted, name: "busy" }),
  };
}

/** With all that the person has, and what still waits for a daemon. */
async function person(
  world: World,
  username: string,
  id: UserId,
  { wanted, desk, stopping, leaving, busy }: Workspaces,
): Promise<ScenePerson> {
  const { asOwner, store } = world;
  const pending = async (workspace: Workspaces["desk"], transition: "stop" | "delete") => {
    const { id: build } = await asOwner.builds.create({ workspaceId: workspace.id, transition });
    return { workspace: workspace.id, build };
  };
  const old = { loginType: "token", tokenName: "old", scopes: ["workspace:read"], allowList: ["*:*"], lifetimeSeconds: 86_400 } as const;
  const { key } = await insertKey(store, { userId: id, ...old });
  const data = Buffer.from(`of ${username}`);
  const file = await store.system.files.create({ createdBy: id, mimetype: "application/x-tar", data });
  const { db } = store.system.core;
  const memberships = await db
    .selectFrom("organization_members")
    .innerJoin("organizations", "organizations.id", "organization_members.organization_id")
    .where("user_id", "=", id)
    .select("organizations.name")
    .execute();
  return {
    username,
    id,
    organizations: memberships.map(({ name }) => name),
    workspace: desk,
    pending: {
      start: await waitingWorkspace(world, { ...wanted, name: "waiting" }),
      stop: await pending(stopping, "stop"),
      delete: await pending(leaving, "delete"),
    },
    running: busy,
    token: { name: "old", id: key.id },
    file: { id: file.id },
  };
}
