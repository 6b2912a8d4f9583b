import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { rolesOf } from "#authz/roles.ts";
import { FULL_SCOPE } from "#authz/scope.ts";
import { type Credential, type Subject, SYSTEM, userSubject } from "#authz/subject.ts";
import { deriveAgentToken } from "#credentials/agent-token.ts";
import type { AuditAction, AuditResourceType } from "#sdk/audit.ts";
import { createGuard } from "#server/access/guard.ts";
import type { Actor } from "#server/audit/actor.ts";
import { auditAs, auditRefusal } from "#server/audit/audit.ts";
import { deleteOldEntries } from "#server/audit/retention.ts";
import { TRACKED_FIELDS } from "#server/audit/tracked-fields.ts";
import { AUDIT_COUNT_CAP } from "#server/audit-log/list-audit-logs.ts";
import type { AuditFilter } from "#server/audit-log/rows.ts";
import { ForbiddenError, InvalidInputError } from "#server/errors.ts";
import { AuditLogId, NIL_UUID, OrganizationId } from "#server/ids.ts";
import { serveDaemons } from "./daemon.ts";
import type { NewDatabase } from "./databases.ts";
import type { OpenStore } from "./open-store.ts";
import { build, complete, machine, makeTemplate, pushVersion, tokenAgent } from "./template.ts";
import { OWNER_PASSWORD, openWorld, type World } from "./world.ts";

const ORIGIN = { requestId: "0b8f0f6c-6c57-4f0e-8a3b-1f1f3c7d9a10", ipAddress: "192.0.2.7", userAgent: "tester/1.0" };

/** Every change has its entry, nobody reads what is not theirs, and no secret gets in. */
export function auditContract(newDatabase: NewDatabase): void {
  const subjectWith = (
    id: string,
    roles: Parameters<typeof rolesOf>[0],
    credential: Credential = { kind: "token", id: "tokentoken" },
  ): Subject =>
    userSubject({
      id,
      roles: rolesOf(roles, (name) => expect.fail(`unknown role ${name}`)),
      groups: [],
      scope: FULL_SCOPE,
      credential,
      origin: ORIGIN,
    });
  const open = async (credential?: Credential) => {
    const world = await openWorld(newDatabase);
    const { store, owner, organizationId } = world;
    const organizations = [{ organizationId, roles: [] }];
    return { ...world, asOwner: store.as(subjectWith(owner.id, { site: ["owner"], organizations }, credential)) };
  };
  const rowsOf = ({ system: { core } }: Pick<OpenStore, "system">) =>
    core.db.selectFrom("audit_logs").selectAll().orderBy("number").execute();
  const write = ({ store: { system } }: Pick<World, "store">, actor: Actor, entry: Partial<Parameters<typeof auditAs>[3]>) =>
    system.core.write((tx) =>
      auditAs(system.core, tx, actor, { action: "create", resourceType: "template", resourceId: randomUUID(), target: "t", ...entry }),
    );

  test("every column of an audited table is tracked, ignored or secret", async () => {
    const { store } = await openWorld(newDatabase);
    const { db, dialect } = store.system.core;
    for (const { table, fields } of Object.values(TRACKED_FIELDS)) {
      const { rows } =
        dialect === "sqlite"
          ? await sql<{ name: string }>`select name from pragma_table_xinfo(${table})`.execute(db)
          : await sql<{ name: string }>`select column_name as name from information_schema.columns where table_name = ${table}`.execute(db);
      expect(Object.keys(fields).toSorted(), table).toEqual(rows.map(({ name }) => name).toSorted());
    }
  });

  test("an entry says who did what with which key, from where, and what it changed", async () => {
    const world = await open();
    const { asOwner, owner, organizationId, store, clock } = world;
    const template = await makeTemplate(world, (await serveDaemons(world)).daemon());
    clock.advance(1_000);
    await asOwner.templates.update(template.id, { description: "new", max_port_share_level: template.max_port_share_level });
    expect((await rowsOf(store)).at(-1)).toMatchObject({
      time: clock.now(),
      user_id: owner.id,
      api_key_id: "tokentoken",
      organization_id: organizationId,
      ip: "192.0.2.7",
      user_agent: "tester/1.0",
      request_id: ORIGIN.requestId,
      resource_type: "template",
      resource_id: template.id,
      resource_target: "dev",
      action: "write",
      status_code: 200,
      diff: { description: { old: "", new: "new", secret: false } },
    });
    const count = (await rowsOf(store)).length;
    await asOwner.templates.update(template.id, { description: "new" });
    expect(await rowsOf(store), "what changed nothing was no change").toHaveLength(count);
  });

  test("templates, versions, workspaces, builds, files and keys each leave an entry for each change", async () => {
    // Of a build that a session starts: one that is started by a token which is gone gets no key.
    const world = await open({ kind: "session", id: "sessionkey" });
    const { asOwner, owner, organizationId, store } = world;
    // Nor does one of a session that is gone.
    await store.system.core.db.updateTable("api_keys").set({ id: "sessionkey" }).execute();
    const one = (await serveDaemons(world)).daemon();
    const template = await makeTemplate(world, one);
    await asOwner.templateVersions.update(template.active_version_id, { message: "first" });
    const made = await asOwner.workspaces.create({ ownerId: owner.id, templateId: template.id, name: "ws", parameters: [] });
    const { id } = made.workspace;
    await complete(one, { resources: [machine(tokenAgent("main"), tokenAgent("side", "no_user_data"))] });
    await asOwner.workspaces.update(id, { ttl_ms: 60_000 });
    await asOwner.workspaces.update(id, { last_used_at: new Date(0) });
    await build(world, one, id, "stop");
    await asOwner.builds.create({ workspaceId: id, transition: "start" });
    await asOwner.jobs.cancel((await asOwner.builds.getLatest(id)).job_id);
    await build(world, one, id, "delete");
    await asOwner.templates.delete(template.id);
    const { key } = await asOwner.provisionerKeys.create({ organizationId, name: "pk", tags: {} });
    await asOwner.provisionerKeys.delete(key.id);
    await asOwner.gitSshKeys.regenerate(owner.id);
    const link = { provider_id: "git", user_id: owner.id, refresh_token: undefined, expires_at: undefined, extra: undefined };
    await asOwner.externalAuthLinks.put({ ...link, access_token: "one" });
    await asOwner.externalAuthLinks.put({ ...link, access_token: "two" });
    await asOwner.externalAuthLinks.delete(owner.id, "git");
    await asOwner.externalAuthLinks.delete(owner.id, "git");

    const rows = await rowsOf(store);
    expect(rows.map(({ action, resource_type, resource_target }) => `${action} ${resource_type} ${resource_target}`)).toEqual([
      "register user olive",
      expect.stringMatching(/^create file [0-9a-f]{64}$/),
      expect.stringMatching(/^create template_version /),
      "create template dev",
      expect.stringMatching(/^write template_version /),
      "create workspace ws",
      "start workspace_build ws",
      expect.stringMatching(/^create api_key .*_session_token$/),
      "create workspace_agent main",
      "create workspace_agent side",
      "write workspace ws",
      "stop workspace_build ws",
      expect.stringMatching(/^delete api_key .*_session_token$/),
      "start workspace_build ws",
      "write workspace_build ws",
      "delete workspace_build ws",
      "delete workspace ws",
      "delete template dev",
      "create provisioner_key pk",
      "delete provisioner_key pk",
      "write git_ssh_key olive",
      "create external_auth_link git",
      "write external_auth_link git",
      "delete external_auth_link git",
    ]);
    for (const row of rows.slice(1)) expect(row.user_id, `${row.action} ${row.resource_type}`).toBe(owner.id);
  });

  test("what an agent of a build may do is entered when the build completes, for the request that began it", async () => {
    const world = await open();
    const { asOwner, owner, store } = world;
    const one = (await serveDaemons(world)).daemon();
    const template = await makeTemplate(world, one);
    const { build: first } = await asOwner.workspaces.create({ ownerId: owner.id, templateId: template.id, name: "ws", parameters: [] });
    await complete(one, { resources: [machine(tokenAgent("main"), tokenAgent("side", "no_user_data"))] });
    const agents = (await rowsOf(store)).filter(({ resource_type }) => resource_type === "workspace_agent");
    expect(agents.map(({ resource_target, diff }) => [resource_target, diff.api_key_scope?.new])).toEqual([
      ["main", "all"],
      ["side", "no_user_data"],
    ]);
    for (const agent of agents)
      expect(agent).toMatchObject({
        api_key_id: "tokentoken",
        request_id: ORIGIN.requestId,
        additional_fields: { workspace_build_id: first.id, workspace_name: "ws", workspace_owner: "olive", build_number: "1" },
      });
  });

  test("a build that fails has a second entry, with the status of a failure", async () => {
    const world = await open();
    const { asOwner, owner, store } = world;
    const one = (await serveDaemons(world)).daemon();
    const template = await makeTemplate(world, one);
    await asOwner.workspaces.create({ ownerId: owner.id, templateId: template.id, name: "ws", parameters: [] });
    const job = await one.acquire();
    await one.client.failJob({ jobId: job?.jobId ?? "", error: "no money" }, one.options);
    const builds = (await rowsOf(store)).filter(({ resource_type }) => resource_type === "workspace_build");
    expect(builds.map(({ action, status_code }) => [action, status_code])).toEqual([
      ["start", 200],
      ["start", 500],
    ]);
    expect(builds[1]).toMatchObject({ request_id: ORIGIN.requestId, resource_id: builds[0]?.resource_id });
  });

  test("a change whose entry cannot be written is not made", async () => {
    const world = await open();
    const { asOwner, owner, organizationId, store } = world;
    const { core } = store.system;
    const one = (await serveDaemons(world)).daemon();
    const template = await makeTemplate(world, one);
    const { workspace } = await asOwner.workspaces.create({ ownerId: owner.id, templateId: template.id, name: "ws", parameters: [] });
    const { job } = await complete(one);
    const unused = await makeTemplate(world, one, {}, "unused");
    const version = await pushVersion(world);
    await asOwner.provisionerKeys.create({ organizationId, name: "kept", tags: {} });
    const kept = await asOwner.provisionerKeys.getByName(organizationId, "kept");
    const link = { provider_id: "git", user_id: owner.id, refresh_token: undefined, expires_at: undefined, extra: undefined };
    await asOwner.externalAuthLinks.put({ ...link, access_token: "one" });
    const stored = async () =>
      JSON.stringify(
        await Promise.all(
          (
            [
              "templates",
              "template_versions",
              "workspaces",
              "workspace_builds",
              "provisioner_jobs",
              "provisioner_keys",
              "git_ssh_keys",
              "external_auth_links",
              "files",
              "api_keys",
              "users",
              "workspace_agents",
            ] as const
          ).map(async (table) => (await core.db.selectFrom(table).selectAll().execute()).map((row) => JSON.stringify(row)).toSorted()),
        ),
      );
    const before = { stored: await stored(), entries: await rowsOf(store) };

    await sql`alter table audit_logs rename to audit_logs_hidden`.execute(core.db);
    const restore = () => sql`alter table audit_logs_hidden rename to audit_logs`.execute(core.db);
    let isHidden = true;
    // A database of PostgreSQL is used again by other tests.
    onTestFinished(async () => {
      if (isHidden) await restore();
    });
    const changes: Record<string, () => Promise<unknown>> = {
      "templates.update": () => asOwner.templates.update(template.id, { description: "changed" }),
      "templates.delete": () => asOwner.templates.delete(unused.id),
      "templateVersions.update": () => asOwner.templateVersions.update(version.id, { message: "changed" }),
      "templateVersions.create": () =>
        asOwner.templateVersions.create({ organizationId, fileId: version.job.file_id, provisioner: "terraform" }),
      "workspaces.create": () => asOwner.workspaces.create({ ownerId: owner.id, templateId: template.id, name: "other", parameters: [] }),
      "workspaces.update": () => asOwner.workspaces.update(workspace.id, { name: "changed" }),
      "builds.create": () => asOwner.builds.create({ workspaceId: workspace.id, transition: "stop" }),
      "jobs.cancel": () => asOwner.jobs.cancel(version.job.id),
      "provisionerKeys.create": () => asOwner.provisionerKeys.create({ organizationId, name: "new", tags: {} }),
      "provisionerKeys.delete": () => asOwner.provisionerKeys.delete(kept.id),
      "gitSshKeys.regenerate": () => asOwner.gitSshKeys.regenerate(owner.id),
      "externalAuthLinks.put": () => asOwner.externalAuthLinks.put({ ...link, access_token: "two" }),
      "externalAuthLinks.delete": () => asOwner.externalAuthLinks.delete(owner.id, "git"),
      "files.create": () => asOwner.files.create({ createdBy: owner.id, mimetype: "x", data: Buffer.from("other") }),
      "users.update": () => asOwner.users.update(owner.id, { name: "changed" }),
      "sessions.begin": () => store.system.sessions.begin(owner, { lifetimeSeconds: 60, origin: ORIGIN }),
    };
    for (const [name, change] of Object.entries(changes)) await expect(change(), name).rejects.toThrow("audit_logs");
    await restore();
    isHidden = false;
    expect(await stored()).toEqual(before.stored);
    expect(await rowsOf(store)).toEqual(before.entries);
    expect(job.jobId).not.toBe("");
  });

  test("entries older than the retention are deleted, in as many rounds as it takes", async () => {
    const world = await open();
    const { owner, store, clock } = world;
    const { core } = store.system;
    await core.write(async (tx) => {
      for (let made = 0; made < 1_200; made += 1)
        await auditAs(core, tx, { userId: owner.id }, { action: "create", resourceType: "template", resourceId: NIL_UUID, target: "old" });
    });
    clock.advance(60_000);
    await write(world, { userId: owner.id }, { target: "young" });
    expect(await deleteOldEntries(core, 60_000, AbortSignal.abort())).toBe(0);
    expect(await deleteOldEntries(core, 60_000, new AbortController().signal)).toBe(0);
    clock.advance(1);
    expect(await deleteOldEntries(core, 60_000, new AbortController().signal)).toBe(1_201);
    expect((await rowsOf(store)).map(({ resource_target }) => resource_target)).toEqual(["young"]);
  });

  test("signing in, failing to, and signing out are entered", async () => {
    const { store, owner } = await open();
    const { sessions, authentication } = store.system;
    const secret = (await sessions.begin(owner, { lifetimeSeconds: 60, origin: ORIGIN })) ?? "";
    const keyId = secret.slice(0, 10);
    const subject = subjectWith(owner.id, { site: [], organizations: [] }, { kind: "session", id: keyId });
    await sessions.refuse({ email: "OLIVE@example.test", origin: ORIGIN });
    await sessions.refuse({ email: "my-password-by-mistake@example.test", origin: ORIGIN });
    await sessions.end(subject);
    expect(await authentication.withApiKey(secret, { ipAddress: "" })).toBeUndefined();
    const [, login, wrong, unknown, logout, ...rest] = await rowsOf(store);
    expect(rest).toEqual([]);
    const about = { resource_type: "api_key", resource_id: NIL_UUID, ip: "192.0.2.7" };
    expect(login).toMatchObject({ ...about, action: "login", user_id: owner.id, status_code: 200, additional_fields: { key_id: keyId } });
    expect(login?.diff).toMatchObject({ scopes: { new: ["coder:all"] }, allow_list: { new: ["*:*"] } });
    expect(wrong).toMatchObject({ ...about, action: "login", user_id: owner.id, status_code: 401, resource_target: "olive" });
    expect(unknown).toMatchObject({ ...about, action: "login", user_id: null, status_code: 401, resource_target: "" });
    expect(JSON.stringify(unknown)).not.toContain("mistake");
    expect(logout).toMatchObject({ ...about, action: "logout", user_id: owner.id, api_key_id: keyId });
  });

  test("a refusal is entered though nothing was changed, and internal work is entered in a name or not at all", async () => {
    const { store, owner } = await open();
    const { core } = store.system;
    const before = (await rowsOf(store)).length;
    const entry = { action: "create", resourceType: "api_key", resourceId: NIL_UUID, target: "ci", status: 403 } as const;
    const subject = subjectWith(owner.id, { site: [], organizations: [] });
    await auditRefusal({ ...core, guard: createGuard(subject) }, entry);
    await auditRefusal({ ...core, guard: createGuard(SYSTEM) }, entry);
    await auditRefusal({ ...core, guard: createGuard(SYSTEM) }, { ...entry, actor: { userId: owner.id } });
    const agent = subjectWith(owner.id, { site: [], organizations: [] }, { kind: "agent", id: "an-agent" });
    await auditRefusal({ ...core, guard: createGuard(agent) }, entry);
    expect((await rowsOf(store)).slice(before)).toMatchObject([
      { status_code: 403, user_id: owner.id, api_key_id: "tokentoken" },
      { status_code: 403, user_id: owner.id, api_key_id: "", request_id: NIL_UUID, ip: "" },
      { user_id: owner.id, api_key_id: "", additional_fields: { agent_id: "an-agent" } },
    ]);
  });

  test("an auditor of an organization reads that organization's entries, one of the site all, and a member none", async () => {
    const world = await open();
    const { store, owner, organizationId } = world;
    const { core } = store.system;
    const other = OrganizationId.parse(randomUUID());
    const at = core.now();
    await core.db
      .insertInto("organizations")
      .values({ id: other, name: "other", display_name: "Other", is_default: false, created_at: at, updated_at: at })
      .execute();
    await write(world, { userId: owner.id }, { target: "here", organizationId });
    await write(world, { userId: owner.id }, { target: "there", organizationId: other });
    const seen = async (roles: Parameters<typeof rolesOf>[0]) => {
      const { entries, count } = await store.as(subjectWith(owner.id, roles)).auditLogs.list();
      expect(count).toBe(entries.length);
      return entries.map(({ resource_target }) => resource_target);
    };
    expect(await seen({ site: ["owner"], organizations: [] })).toEqual(["there", "here", "olive"]);
    expect(await seen({ site: ["auditor"], organizations: [] })).toEqual(["there", "here", "olive"]);
    expect(await seen({ site: [], organizations: [{ organizationId, roles: ["organization-auditor"] }] })).toEqual(["here"]);
    const both = [organizationId, other].map((id) => ({ organizationId: id, roles: ["organization-auditor"] }));
    expect(await seen({ site: [], organizations: both })).toEqual(["there", "here"]);
    await expect(seen({ site: [], organizations: [{ organizationId, roles: [] }] })).rejects.toThrow(ForbiddenError);
    await expect(seen({ site: ["template-admin"], organizations: [] })).rejects.toThrow(ForbiddenError);

    const auditor = store.as(subjectWith(owner.id, { site: [], organizations: [{ organizationId, roles: ["organization-auditor"] }] }));
    for (const organization of [other, "other", "none"])
      expect(await auditor.auditLogs.list({ organization }), organization).toEqual({ entries: [], count: 0 });
    const hidden = (await rowsOf(store)).find(({ resource_target }) => resource_target === "there");
    await expect(auditor.auditLogs.list({}, { afterId: AuditLogId.parse(hidden?.id ?? "") })).rejects.toThrow(InvalidInputError);
  });

  test("every term of a filter must hold", async () => {
    const world = await open();
    const { owner, organizationId, asOwner, clock, member } = world;
    const milo = await member("milo");
    const day = new Date(clock.now());
    clock.advance(86_400_000);
    const resourceId = randomUUID();
    const requestId = randomUUID();
    const actor = { userId: milo.user.id, origin: { ...ORIGIN, requestId } };
    await write(world, actor, { action: "write", resourceType: "workspace", resourceId, target: "Dev", organizationId });
    const find = async (filter: AuditFilter) =>
      (await asOwner.auditLogs.list(filter)).entries.map(({ resource_target }) => resource_target);
    const matching: readonly AuditFilter[] = [
      { userId: milo.user.id },
      { username: "MILO" },
      { email: "Milo@example.test" },
      { action: "write" },
      { resourceType: "workspace" },
      { resourceId },
      { target: "dev" },
      { organization: organizationId },
      { organization: "DEFAULT" },
      { requestId },
      { from: clock.now() },
    ];
    for (const filter of matching) expect(await find(filter), JSON.stringify(filter)).toEqual(["Dev"]);
    expect(await find(Object.assign({}, ...matching))).toEqual(["Dev"]);
    const others: readonly AuditFilter[] = [
      { userId: owner.id, target: "dev" },
      { username: "milo", before: clock.now() },
      { action: "create", username: "milo" },
      { resourceId: randomUUID() },
      { buildReason: "initiator" },
    ];
    for (const filter of others) expect(await find(filter), JSON.stringify(filter)).toEqual([]);
    expect((await find({ before: clock.now(), from: day })).at(-1)).toBe("olive");
  });

  test("builds are found by their reason", async () => {
    const world = await open();
    const { asOwner, owner } = world;
    const one = (await serveDaemons(world)).daemon();
    const template = await makeTemplate(world, one);
    const { workspace } = await asOwner.workspaces.create({ ownerId: owner.id, templateId: template.id, name: "ws", parameters: [] });
    await complete(one);
    await asOwner.builds.create({ workspaceId: workspace.id, transition: "stop", reason: "autostop" });
    const { entries } = await asOwner.auditLogs.list({ buildReason: "autostop" });
    expect(entries.map(({ action }) => action)).toEqual(["stop"]);
    expect((await asOwner.auditLogs.list({ buildReason: "initiator" })).entries.map(({ action }) => action)).toEqual(["start"]);
  });

  test("pages go on where the last one ended, also among entries of one moment", async () => {
    const world = await open();
    const { owner, asOwner } = world;
    for (const target of ["a", "b", "c", "d"]) await write(world, { userId: owner.id }, { target });
    const targets = async (page: Parameters<typeof asOwner.auditLogs.list>[1]) => {
      const { entries, count } = await asOwner.auditLogs.list({ resourceType: "template" }, page);
      expect(count).toBe(4);
      return entries.map(({ resource_target }) => resource_target).join("");
    };
    expect(await targets({})).toBe("dcba");
    expect(await targets({ limit: 2 })).toBe("dc");
    expect(await targets({ limit: 2, offset: 1 })).toBe("cb");
    expect(await targets({ offset: 3 })).toBe("a");
    const { entries } = await asOwner.auditLogs.list({ resourceType: "template" }, { limit: 1, offset: 1 });
    const afterId = AuditLogId.parse(entries[0]?.id ?? "");
    expect(await targets({ afterId })).toBe("ba");
    expect(await targets({ afterId, limit: 1 })).toBe("b");
    await expect(targets({ afterId: AuditLogId.parse(randomUUID()) })).rejects.toThrow(InvalidInputError);
  });

  test("a page has an end, whatever was asked for: who fills the log does not fill the memory of who reads it", async () => {
    const { owner, asOwner, store } = await open();
    const { core } = store.system;
    const entry = { action: "create", resourceType: "template", resourceId: NIL_UUID } as const;
    await core.write(async (tx) => {
      for (let index = 0; index <= AUDIT_COUNT_CAP; index++)
        await auditAs(core, tx, { userId: owner.id }, { ...entry, target: `${index}` });
    });
    for (const page of [{}, { limit: 0 }, { limit: 1_000_000 }, { offset: 1 }])
      expect((await asOwner.auditLogs.list({ resourceType: "template" }, page)).entries).toHaveLength(AUDIT_COUNT_CAP);
    const { entries } = await asOwner.auditLogs.list({ resourceType: "template" });
    const afterId = AuditLogId.parse(entries.at(-1)?.id ?? "");
    const rest = await asOwner.auditLogs.list({ resourceType: "template" }, { afterId });
    expect(rest.entries.map(({ resource_target }) => resource_target)).toEqual(["0"]);
  });

  test("an entry of every kind of resource can be read, whether the resource is there or not", async () => {
    const world = await open();
    const { owner, asOwner, organizationId } = world;
    const ids: Partial<Record<AuditResourceType, string>> = { user: owner.id, organization: organizationId, organization_member: owner.id };
    for (const resourceType of Object.keys(TRACKED_FIELDS) as AuditResourceType[])
      for (const resourceId of [randomUUID(), ...(ids[resourceType] === undefined ? [] : [ids[resourceType]])])
        await write(world, { userId: owner.id }, { resourceType, resourceId, organizationId });
    const { entries } = await asOwner.auditLogs.list({ target: "t" });
    const found = entries.filter(({ resource }) => resource !== undefined).map(({ resource_type }) => resource_type);
    expect(found.toSorted()).toEqual(["organization", "organization_member", "user"]);
    expect(entries.every(({ organization }) => organization?.name === "default")).toBe(true);
    const actions: readonly AuditAction[] = entries.map(({ action }) => action);
    expect(new Set(actions)).toEqual(new Set(["create"]));
  });

  test("no secret stands in an entry, whatever was done with it", async () => {
    const world = await open();
    const { asOwner, owner, organizationId, store } = world;
    const one = (await serveDaemons(world)).daemon();
    const secrets: string[] = [OWNER_PASSWORD];
    const session = (await store.system.sessions.begin(owner, { lifetimeSeconds: 60, origin: ORIGIN })) ?? "";
    secrets.push(session, session.slice(11));
    secrets.push((await asOwner.provisionerKeys.create({ organizationId, name: "pk", tags: {} })).secret);
    await asOwner.externalAuthLinks.put({
      provider_id: "git",
      user_id: owner.id,
      access_token: "canary-access",
      refresh_token: "canary-refresh",
      expires_at: undefined,
      extra: { id_token: "canary-extra" },
    });
    await asOwner.gitSshKeys.regenerate(owner.id);
    secrets.push("canary-access", "canary-refresh", "canary-extra", "canary-variable", "canary-state", "canary-env", "canary-parameter");
    secrets.push(...(await asOwner.gitSshKeys.getPair(owner.id)).private_key.split("\n").slice(1, -2));
    const version = await pushVersion(world, { userVariableValues: [{ name: "v", value: "canary-variable" }] });
    const importJob = await one.acquire();
    const parameters = { richParameters: [{ name: "p", type: "string", mutable: true, ephemeral: true, defaultValue: "" }] };
    await one.client.completeJob({ jobId: importJob?.jobId ?? "", type: { case: "templateImport", value: parameters } }, one.options);
    const template = await asOwner.templates.create({ organizationId, versionId: version.id, name: "dev" });
    await asOwner.workspaces.create({
      ownerId: owner.id,
      templateId: template.id,
      name: "ws",
      parameters: [{ name: "p", value: "canary-parameter" }],
    });
    const agent = { ...tokenAgent("main"), env: { API_KEY: "canary-env" } };
    const { secret, job } = await complete(one, { state: "canary-state", resources: [machine(agent)] });
    secrets.push(Buffer.from(secret).toString("base64"), deriveAgentToken(secret, agent.id));
    if (job.type.case === "workspaceBuild") secrets.push(job.type.value.metadata?.workspaceOwnerSessionToken ?? "");
    await write(world, { userId: owner.id, origin: { ...ORIGIN, userAgent: session } }, { target: session, additional: { note: session } });

    const entries = JSON.stringify(await rowsOf(store));
    expect(entries).toContain("workspace_agent");
    for (const secret of secrets.filter((text) => text !== "")) expect(entries).not.toContain(secret);
    for (const row of await store.system.core.db.selectFrom("api_keys").select("hashed_secret").execute())
      for (const encoding of ["hex", "base64"] as const) expect(entries).not.toContain(Buffer.from(row.hashed_secret).toString(encoding));
  });
}
