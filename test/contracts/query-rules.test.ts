import { expect, test } from "vitest";
import { on } from "#authz/permission.ts";
import { rolesOf } from "#authz/roles.ts";
import { FULL_SCOPE } from "#authz/scope.ts";
import { type Subject, SYSTEM, userSubject } from "#authz/subject.ts";
import { accessTo } from "#server/access/access.ts";
import { DomainError } from "#server/errors.ts";
import { AgentId } from "#server/ids.ts";
import { newSqlite } from "./databases.ts";
import { insertKey } from "./keys.ts";
import { populate } from "./population.ts";
import { DRIVEN, DRIVES, type Drive, first, type Scene } from "./query-drives.ts";
import { AskedQueries } from "./ruled-asks.ts";
import { viewOf } from "./store-view.ts";
import { openWorld } from "./world.ts";

test("each query asks what its rule says, all of it and nothing else", async () => {
  const { asked, view, scene } = await openScene();
  for (const drives of Object.values<Readonly<Record<string, Drive>>>(DRIVES))
    for (const drive of Object.values(drives))
      for (const call of drive(view, scene))
        await call().catch((error: unknown) => {
          // A refusal comes after the question; a rule that is broken, or a call that is wrong, is no refusal.
          if (!(error instanceof DomainError)) throw error;
        });
  const held = asked.held(DRIVEN);
  expect(held.asked).toEqual(held.ruled);
});

async function openScene() {
  const world = await openWorld(newSqlite);
  const { store, organizationId, owner } = world;
  const rows = await populate(world);
  const { core } = store.system;
  const { db } = core;
  const asked = new AskedQueries();
  const accessFor = accessTo(core, { onQuery: (name, asks) => asked.add(name, asks) });
  const viewFor = (subject: Subject) => viewOf(accessFor(subject));
  const nobody = { id: crypto.randomUUID(), groups: [], scope: FULL_SCOPE };
  const { key: session } = await insertKey(store, {
    userId: owner.id,
    loginType: "password",
    scopes: ["coder:all"],
    allowList: ["*:*"],
    lifetimeSeconds: 3_600,
  });
  const ownerSubject = userSubject({
    id: owner.id,
    roles: rolesOf({ site: ["owner"], organizations: [{ organizationId, roles: [] }] }, () => {}),
    groups: [],
    scope: FULL_SCOPE,
    credential: { kind: "session", id: session.id },
  });

  const [annId, bobId] = [first(rows.users, 1), first(rows.users, 2)];
  const other = first(rows.organizations, 1);
  await db
    .updateTable("users")
    .set({ rbac_roles: ["auditor"] })
    .where("id", "in", [annId, bobId])
    .execute();
  await db
    .updateTable("organization_members")
    .set({ roles: ["organization-auditor"] })
    .where("user_id", "in", [annId, bobId])
    .execute();
  await db.updateTable("templates").set({ require_active_version: true }).where("id", "=", first(rows.templates).id).execute();
  const buildJob = async (index: number, transition: "start" | "stop" | "delete") => {
    const { id } = first(rows.workspaces, index);
    const updated = db.updateTable("workspace_builds").set({ transition }).where("workspace_id", "=", id);
    return (await updated.returning("job_id").executeTakeFirstOrThrow()).job_id;
  };
  const jobs = {
    start: await buildJob(0, "start"),
    stop: await buildJob(1, "stop"),
    delete: await buildJob(2, "delete"),
    import: first(rows.versions).job_id,
    other: first(rows.jobs.filter(({ type }) => type === "template_version_dry_run")).id,
  };
  const { id: resource_id } = await db
    .selectFrom("workspace_resources")
    .select("id")
    .where("job_id", "=", jobs.start)
    .executeTakeFirstOrThrow();
  const agentId = AgentId.parse(crypto.randomUUID());
  const at = world.clock.now();
  await db
    .insertInto("workspace_agents")
    .values({
      id: agentId,
      resource_id,
      name: "main",
      architecture: "amd64",
      operating_system: "linux",
      environment_variables: {},
      directory: "",
      subsystems: [],
      connection_timeout_seconds: 120,
      troubleshooting_url: "",
      motd_file: "",
      display_apps: [],
      display_order: 0,
      created_at: at,
      updated_at: at,
    })
    .execute();
  const scene: Scene = {
    rows,
    organizationId,
    other,
    ownerId: owner.id,
    annId,
    bobId,
    agentId,
    fileId: first(rows.jobs).file_id,
    key: await db.selectFrom("provisioner_keys").selectAll().where("organization_id", "=", other).executeTakeFirstOrThrow(),
    jobs,
    asOwner: viewFor(ownerSubject),
    asStranger: viewFor(userSubject({ ...nobody, roles: [] })),
    asMaker: viewFor(
      userSubject({ ...nobody, roles: [{ name: "maker", site: on("template", "create"), user: [], byOrganization: new Map() }] }),
    ),
  };
  return { asked, scene, view: viewFor(SYSTEM) };
}
