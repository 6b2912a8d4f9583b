import { sql } from "kysely";
import { expect, test } from "vitest";
import { deriveAgentToken } from "#credentials/agent-token.ts";
import { agentKeyScope } from "#server/database/migrations/0006-agent-key-scope.ts";
import { DatabaseNewerError, MIGRATIONS, migrate } from "#server/database/migrations/migrate.ts";
import { createEncryption } from "#server/encryption/envelope.ts";
import { EncryptionKeyError } from "#server/encryption/key-file.ts";
import { serveDaemons } from "./daemon.ts";
import { type NewDatabase, TestClock } from "./databases.ts";
import { insertKey } from "./keys.ts";
import { complete, machine, makeTemplate, pushVersion, tokenAgent } from "./template.ts";
import { OWNER_PASSWORD, openWorld } from "./world.ts";

/** The database itself: its schema, what it must never hold, and what both kinds give alike. */
export function databaseContract(newDatabase: NewDatabase): void {
  test("several programs that start at once migrate once", async () => {
    await using database = await newDatabase();
    const stores = [];
    // SQLite waits for its lock without giving way, so within one process a second that waits would wait for itself.
    if (database.kind === "sqlite") for (let n = 0; n < 3; n++) stores.push(await database.open());
    else stores.push(...(await Promise.all([database.open(), database.open(), database.open()])));
    const [first] = stores;
    if (first === undefined) throw new Error("no store");
    const ids = new Set(stores.map(({ system }) => system.deploymentId));
    expect(ids.size).toBe(1);
    const { rows } = await sql`select number, name from schema_migrations order by number`.execute(first.system.core.db);
    expect(rows).toEqual(MIGRATIONS.map(({ name }, index) => ({ number: index + 1, name })));
    for (const store of stores) await store[Symbol.asyncDispose]();
  });

  test("a database that is newer than the program is refused and left alone", async () => {
    await using database = await newDatabase();
    {
      await using store = await database.open();
      const { db } = store.system.core;
      await sql`insert into schema_migrations (number, name, applied_at) values (${MIGRATIONS.length + 1}, 'later', ${new Date()})`.execute(
        db,
      );
    }
    await expect(database.open()).rejects.toThrow(DatabaseNewerError);
    await expect(database.open()).rejects.toThrow(
      `at schema ${MIGRATIONS.length + 1}, but this program only knows schema ${MIGRATIONS.length}`,
    );
  });

  test("a migration that fails leaves nothing behind", async () => {
    await using database = await newDatabase();
    await using store = await database.open();
    const { db, dialect } = store.system.core;
    const broken = { name: "broken", statements: () => ["create table half (id integer)", "create table users (id integer)"] };
    const migrations = [...MIGRATIONS, broken];
    await expect(migrate(db, { dialect, now: () => new Date(), migrations }, async () => {})).rejects.toThrow();
    await expect(sql`select * from half`.execute(db)).rejects.toThrow();
  });

  test("the agents' scope is a column of two values, and agents from before it have all", async () => {
    expect(MIGRATIONS.at(5)).toBe(agentKeyScope);
    const world = await openWorld(newDatabase);
    const { daemon } = await serveDaemons(world);
    const one = daemon();
    const version = await pushVersion(world);
    await one.acquire();
    await one.client.completeJob(
      { jobId: version.job.id, type: { case: "templateImport", value: { startResources: [machine(tokenAgent("main"))] } } },
      one.options,
    );
    const { db } = world.store.system.core;
    const unknown = sql`update workspace_agents set api_key_scope = 'read_only'`.execute(db);
    await expect(unknown).rejects.toThrow(/agent_key_scope_enum|CHECK constraint/);
    await expect(sql`update workspace_agents set api_key_scope = null`.execute(db)).rejects.toThrow(/null/i);
    // As an older program would have written it: without the column.
    const { rows } = await sql<{ scope: string }>`
      insert into workspace_agents (id, resource_id, name, architecture, operating_system, environment_variables, directory, subsystems,
        connection_timeout_seconds, troubleshooting_url, motd_file, display_apps, display_order, created_at, updated_at)
      select ${crypto.randomUUID()}, resource_id, 'older', '', '', environment_variables, '', subsystems, 0, '', '', display_apps, 0,
        created_at, updated_at
      from workspace_agents returning api_key_scope as scope`.execute(db);
    expect(rows).toEqual([{ scope: "all" }]);
  });

  test("another encryption key is noticed at the start", async () => {
    await using database = await newDatabase();
    await (await database.open())[Symbol.asyncDispose]();
    const other = createEncryption([Buffer.alloc(32, 99)]);
    await expect(database.open({ encryption: other })).rejects.toThrow(EncryptionKeyError);
    await expect(database.open({ encryption: other })).rejects.toThrow("restore the key that belongs to it");
    await (await database.open({ encryption: createEncryption([Buffer.alloc(32, 99), Buffer.alloc(32, 7)]) }))[Symbol.asyncDispose]();
  });

  test("no token, password, private key, state or variable ever stands in it as it is", async () => {
    await using database = await newDatabase();
    const secrets: Record<string, string | Uint8Array> = { password: OWNER_PASSWORD };
    {
      await using stack = new AsyncDisposableStack();
      const world = await openWorld(async () => ({ ...database, [Symbol.asyncDispose]: async () => {} }));
      const { owner, asOwner, organizationId, store } = world;
      stack.use(store);
      const { daemon } = await serveDaemons(world);
      const one = daemon();
      secrets.session = (
        await insertKey(store, {
          userId: owner.id,
          loginType: "password",
          scopes: ["coder:all"],
          allowList: ["*:*"],
          lifetimeSeconds: 60,
        })
      ).secret.slice(11);
      secrets.provisionerKey = (await asOwner.provisionerKeys.create({ organizationId, name: "k", tags: {} })).secret;
      const link = { provider_id: "git", user_id: owner.id, expires_at: undefined, extra: undefined };
      secrets.gitToken = "git-canary-access";
      secrets.gitRefresh = "git-canary-refresh";
      await asOwner.externalAuthLinks.put({ ...link, access_token: secrets.gitToken, refresh_token: secrets.gitRefresh });

      secrets.variable = "variable-canary";
      const userVariableValues = [{ name: "v", value: secrets.variable }];
      const version = await pushVersion(world, { userVariableValues });
      await one.acquire();
      await one.client.updateJob({ jobId: version.job.id, templateVariables: [{ name: "v" }], userVariableValues }, one.options);
      secrets.plan = "plan-canary";
      const plan = Buffer.from(JSON.stringify({ secret: secrets.plan }));
      await one.client.completeJob({ jobId: version.job.id, type: { case: "templateImport", value: { plan } } }, one.options);
      const template = await asOwner.templates.create({ organizationId, versionId: version.id, name: "dev" });
      await asOwner.workspaces.create({ ownerId: owner.id, templateId: template.id, name: "ws", parameters: [] });

      secrets.state = "state-canary";
      const job = await one.acquire();
      if (job?.type.case !== "workspaceBuild") throw new Error("no build");
      await one.client.updateJob({ jobId: job.jobId, workspaceBuildState: Buffer.from(secrets.state) }, one.options);
      secrets.agentTokenSecret = job.type.value.agentTokenSecret;
      secrets.agentToken = deriveAgentToken(secrets.agentTokenSecret, "terraform-id-of-main");
      secrets.ownerSession = (job.type.value.metadata?.workspaceOwnerSessionToken ?? "").slice(11);
      const privateKey = job.type.value.metadata?.workspaceOwnerSshPrivateKey ?? "";
      secrets.sshKey = privateKey.split("\n")[4] ?? "";
      expect(secrets.sshKey.length).toBeGreaterThan(40);
      expect(secrets.ownerSession).toMatch(/^pvt_/);
      const value = { state: Buffer.from(secrets.state), resources: [machine(tokenAgent("main"))] };
      await one.client.completeJob({ jobId: job.jobId, type: { case: "workspaceBuild", value } }, one.options);
      expect((await store.system.authentication.withAgentToken(secrets.agentToken))?.agent.name).toBe("main");
      expect(await asOwner.templateVersions.variables(version.id)).toMatchObject([{ value: secrets.variable }]);
    }
    expect(await database.holds("terraform-id-of-")).toBe(false);
    expect(await database.holds("olive")).toBe(true);
    for (const [name, secret] of Object.entries(secrets)) expect(await database.holds(secret), name).toBe(false);
  });

  test("gives dates, booleans, JSON and bytes as they were given", async () => {
    const clock = new TestClock();
    const { store, owner } = await openWorld(newDatabase);
    const { db } = store.system.core;
    const row = await db.selectFrom("users").selectAll().where("id", "=", owner.id).executeTakeFirstOrThrow();
    expect(row).toMatchObject({ created_at: clock.now(), deleted: false, rbac_roles: ["owner"], last_seen_at: null });
    const data = Buffer.from([0, 1, 254, 255]);
    const { id } = await store.system.files.create({ createdBy: owner.id, mimetype: "x", data: new Uint8Array(data) });
    const file = await store.system.files.get(id);
    expect(Buffer.from(file.data).equals(data)).toBe(true);
    expect(file.id).toBe(id);
    const updated = await db.updateTable("users").set({ deleted: true }).where("id", "=", owner.id).returningAll().executeTakeFirst();
    expect(updated).toMatchObject({ deleted: true, created_at: clock.now(), rbac_roles: ["owner"] });
    const again = await store.system.files.create({ createdBy: owner.id, mimetype: "x", data });
    expect(again).toEqual({ id, created: false });
  });

  test("a transaction that fails leaves neither rows nor events", async () => {
    const world = await openWorld(newDatabase);
    const { core } = world.store.system;
    const heard: string[] = [];
    world.store.events.subscribe(({ kind }) => heard.push(kind));
    const failing = core.write(async (tx) => {
      await tx.db.insertInto("site_configs").values({ key: "half", value: "x" }).execute();
      tx.publish({ kind: "resync" });
      throw new Error("half-way");
    });
    await expect(failing).rejects.toThrow("half-way");
    expect(await core.db.selectFrom("site_configs").select("key").where("key", "=", "half").execute()).toEqual([]);
    const version = await pushVersion(world);
    await world.asOwner.jobs.cancel(version.job.id);
    await world.asOwner.jobs.waitUntilOver(version.job.id, AbortSignal.timeout(5_000));
    expect(heard).not.toContain("resync");
  });

  test("closing twice is harmless", async () => {
    await using database = await newDatabase();
    const store = await database.open();
    await store.ping();
    await store[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
  });

  test("a build whose template has more than one agent keeps their order and all that hangs off them", async () => {
    const world = await openWorld(newDatabase);
    const { daemon } = await serveDaemons(world);
    const one = daemon();
    const template = await makeTemplate(world, one);
    const { asOwner, owner } = world;
    const { workspace, build } = await asOwner.workspaces.create({
      ownerId: owner.id,
      templateId: template.id,
      name: "ws",
      parameters: [],
    });
    const appId = "11111111-2222-4333-8444-555555555555";
    const main = {
      ...tokenAgent("main", "no_user_data"),
      order: 2n,
      env: { OWN: "1", BOTH: "own" },
      extraEnvs: [
        { name: "BOTH", value: "extra" },
        { name: "PATH", value: "/a" },
        { name: "PATH", value: "/b", mergeStrategy: "append" },
        { name: "PATH", value: "/c", mergeStrategy: "prepend" },
      ],
      displayApps: { vscode: true, webTerminal: true },
      apps: [{ id: appId, slug: "web", url: "http://localhost", healthcheck: { url: "http://localhost/h", interval: 5, threshold: 2 } }],
      scripts: [
        { displayName: "Start", script: "echo hi", runOnStart: true },
        { displayName: "Stop", script: "echo bye", runOnStop: true },
      ],
      metadata: [{ key: "load", script: "uptime", interval: 10n, timeout: 1n }],
      devcontainers: [{ name: "box", workspaceFolder: "/w", apps: [{ slug: "inner" }] }],
    };
    const resources = [
      {
        ...machine(main, { ...tokenAgent("first"), order: 1n }),
        metadata: [
          { key: "cpu", value: "2" },
          { key: "none", isNull: true },
        ],
      },
      { name: "disk", type: "null_resource" },
    ];
    const finished = await complete(one, { resources });
    const [machineRow, diskRow] = await asOwner.resources.ofJob(build.job.id);
    expect([machineRow?.name, diskRow?.name]).toEqual(["machine", "disk"]);
    expect(machineRow?.metadata.map(({ key }) => key)).toEqual(["cpu"]);
    expect(machineRow?.agents.map(({ name }) => name)).toEqual(["box", "first", "main"]);
    const agent = machineRow?.agents.at(2);
    expect(agent).toMatchObject({
      api_key_scope: "no_user_data",
      environment_variables: { OWN: "1", BOTH: "own", PATH: "/c:/a:/b" },
      display_apps: ["vscode", "web_terminal"],
      apps: [{ id: appId, slug: "web", health: "initializing", sharing_level: "owner", open_in: "slim-window" }],
      metadata: [{ key: "load", interval: 10, timeout: 1, collected_at: null }],
      lifecycle_state: "created",
    });
    expect(agent?.scripts.map(({ display_name }) => display_name)).toEqual(["Start", "Stop", "Dev Container (box)"]);
    expect(machineRow?.agents.at(0)).toMatchObject({ parent_id: agent?.id, api_key_scope: "no_user_data", apps: [{ slug: "inner" }] });

    const { authentication } = world.store.system;
    const token = deriveAgentToken(finished.secret, "terraform-id-of-main");
    const { agents } = world.store.system;
    const id = (await authentication.withAgentToken(token))?.agent.id;
    if (id === undefined) throw new Error("the agent may not call");
    const manifest = await agents.manifest(id);
    expect(manifest).toMatchObject({ owner_username: "olive", workspace: { id: workspace.id }, devcontainers: [{ name: "box" }] });

    await asOwner.builds.create({ workspaceId: workspace.id, transition: "start" });
    await complete(one, { resources: [machine({ ...tokenAgent("main"), apps: [{ id: appId, slug: "web" }] })] });
    const thief = await asOwner.workspaces.create({ ownerId: owner.id, templateId: template.id, name: "thief", parameters: [] });
    const taken = complete(one, { resources: [machine({ ...tokenAgent("main"), apps: [{ id: appId, slug: "web" }] })] });
    await expect(taken).rejects.toThrow('the ID of app "web" belongs to an app outside this workspace');
    expect((await asOwner.jobs.get(thief.build.job.id)).job_status).toBe("failed");
  });
}
