import { type Kysely, sql } from "kysely";
import { describe, expect, test } from "vitest";
import { AUTHENTICATION_TABLES } from "#server/access/authentication.ts";
import type { UnknownValue } from "#server/access/subject-of-key.ts";
import type { Tables } from "#server/database/tables.ts";
import type { UserId } from "#server/ids.ts";
import type { NewDatabase } from "./databases.ts";
import { lockWaits } from "./interleaved-contract.ts";
import { insertKey } from "./keys.ts";
import type { OpenStore } from "./open-store.ts";
import { openWorld } from "./world.ts";

/** Keys are not read anew for each request where the database can tell that nothing was written; nobody may notice. */
export function authenticationContract(newDatabase: NewDatabase): void {
  /** What somebody else may do to a key, as SQL that no part of the store knows of, and what the next request then sees. */
  const changes: { what: string; change: (db: Kysely<Tables>, of: Made) => Promise<unknown>; seen: object | undefined }[] = [
    { what: "a deleted key", change: (db, { keyId }) => db.deleteFrom("api_keys").where("id", "=", keyId).execute(), seen: undefined },
    {
      what: "an expired key",
      change: (db, { keyId, now }) => db.updateTable("api_keys").set({ expires_at: now() }).where("id", "=", keyId).execute(),
      seen: undefined,
    },
    {
      what: "a key with another secret",
      change: (db, { keyId }) =>
        db
          .updateTable("api_keys")
          .set({ hashed_secret: Buffer.alloc(32) })
          .where("id", "=", keyId)
          .execute(),
      seen: undefined,
    },
    {
      what: "a narrowed key",
      change: (db, { keyId }) =>
        db
          .updateTable("api_keys")
          .set({ scopes: ["workspace:read"] })
          .where("id", "=", keyId)
          .execute(),
      seen: { subject: { scope: { names: ["workspace:read"] } } },
    },
    {
      what: "a suspended user",
      change: (db, { userId }) => db.updateTable("users").set({ status: "suspended" }).where("id", "=", userId).execute(),
      seen: undefined,
    },
    {
      what: "a deleted user",
      change: (db, { userId }) => db.updateTable("users").set({ deleted: true }).where("id", "=", userId).execute(),
      seen: undefined,
    },
    {
      what: "a new site role",
      change: (db, { userId }) =>
        db
          .updateTable("users")
          .set({ rbac_roles: ["auditor"] })
          .where("id", "=", userId)
          .execute(),
      seen: { roles: { site: ["auditor"] }, user: { rbac_roles: ["auditor"] } },
    },
    {
      what: "a new organization role",
      change: (db, { userId }) =>
        db
          .updateTable("organization_members")
          .set({ roles: ["organization-admin"] })
          .where("user_id", "=", userId)
          .execute(),
      seen: { roles: { organizations: [{ roles: ["organization-admin"] }] } },
    },
    {
      what: "a lost membership",
      change: (db, { userId }) => db.deleteFrom("organization_members").where("user_id", "=", userId).execute(),
      seen: { roles: { organizations: [] }, user: { organization_ids: [] } },
    },
    {
      what: "an organization with other rules",
      change: (db) => db.updateTable("organizations").set({ default_member_roles: [], workspace_sharing: "none" }).execute(),
      seen: { roles: { organizations: [{ defaultRoles: [], sharing: "none" }] } },
    },
    {
      what: "a deleted organization",
      change: (db) => db.updateTable("organizations").set({ deleted: true }).execute(),
      seen: { roles: { organizations: [] }, user: { organization_ids: [] } },
    },
  ];
  for (const { what, change, seen } of changes) {
    for (const by of ["this store", "a transaction of this store", "another store on the same database"]) {
      test(`${what} counts from the next request on, changed by ${by}`, async () => {
        const { store, made, again, database } = await worldWithKey(newDatabase);
        const before = await again();
        expect(before?.user.username).toBe("milo");
        expect((await again())?.user).toEqual(before?.user);
        if (by === "this store") await change(store.system.core.db, made);
        else if (by === "a transaction of this store") await store.system.core.write((tx) => change(tx.db, made));
        else {
          await using other = await database.open();
          await change(other.system.core.db, made);
        }
        const after = await again();
        if (seen === undefined) expect(after).toBeUndefined();
        else expect(after).toMatchObject(seen);
        expect(await again()).toEqual(after);
      });
    }
  }

  test("a change that was rolled back was none", async () => {
    const { store, made, again } = await worldWithKey(newDatabase);
    const before = await again();
    const undone = store.system.core.write(async ({ db }) => {
      await db.deleteFrom("api_keys").where("id", "=", made.keyId).execute();
      throw new Error("no");
    });
    const [during] = await Promise.all([again(), undone.catch(() => undefined)]);
    expect(during?.key.id).toBe(before?.key.id);
    expect((await again())?.key.id).toBe(before?.key.id);
  });

  test("a session that is ended while its use is written down stays ended", async () => {
    const { store, database, made, again, clock } = await worldWithKey(newDatabase, { loginType: "password" });
    expect(await again()).toBeDefined();
    clock.advance(2 * 3_600_000);
    const { core } = store.system;
    let use: ReturnType<typeof again> | undefined;
    await core.write(async ({ db }) => {
      const end = () => db.updateTable("api_keys").set({ expires_at: clock.now() }).where("id", "=", made.keyId).execute();
      // The use sees the session as it was, and then waits to write that it was, and how long the session lasts now.
      if (database.kind === "sqlite") use = again();
      await end();
      if (database.kind === "postgres") {
        use = again();
        await expect.poll(() => lockWaits(core.db), { timeout: 10_000 }).toBe(1);
      }
    });
    expect(await use).toBeUndefined();
    expect(await again()).toBeUndefined();
  });

  test("a key ends with the first of the keys that it must stay inside", async () => {
    const { store, made, again, clock } = await worldWithKey(newDatabase);
    const ceiling = { key_id: "ABCDEFGHIJ", scopes: ["workspace:read"], allow_list: ["*:*"] };
    const inAMinute = new Date(clock.now().getTime() + 60_000).toISOString();
    const later = new Date(clock.now().getTime() + 600_000).toISOString();
    await store.system.core.db
      .updateTable("api_keys")
      .set({
        ceilings: [
          { ...ceiling, expires_at: later },
          { ...ceiling, expires_at: inAMinute },
        ],
      })
      .where("id", "=", made.keyId)
      .execute();
    expect((await again())?.subject.ceilings).toMatchObject([{ names: ["workspace:read"] }, { names: ["workspace:read"] }]);
    clock.advance(59_999);
    expect(await again()).toBeDefined();
    clock.advance(1);
    expect(await again()).toBeUndefined();
  });

  describe("a stored value that this program does not know refuses its key, and no other", () => {
    const ceiling = { key_id: "x", scopes: ["workspace:read"], allow_list: ["*:*"], expires_at: "2099-01-01T00:00:00Z" };
    for (const { what, set, problem } of [
      { what: "a scope", set: { scopes: ["workspace:read", "workspace:levitate"] }, problem: "workspace:levitate" },
      { what: "a scope in other letters", set: { scopes: ["Coder:All"] }, problem: "Coder:All" },
      { what: "no scope", set: { scopes: [] }, problem: "no scope" },
      { what: "scopes that are no list", set: { scopes: { all: true } }, problem: "scopes" },
      { what: "an entry of a type that is none", set: { allow_list: ["*:*", "spaceship:*"] }, problem: "spaceship" },
      { what: "an entry without a colon", set: { allow_list: ["workspace"] }, problem: "workspace" },
      { what: "an allow list of numbers", set: { allow_list: [1] }, problem: "allow list" },
      { what: "a scope in a ceiling", set: { ceilings: [ceiling, { ...ceiling, scopes: ["x:y"] }] }, problem: "ceiling 2" },
      { what: "an entry in a ceiling", set: { ceilings: [{ ...ceiling, allow_list: ["x"] }] }, problem: "ceiling 1" },
      { what: "a ceiling without an end", set: { ceilings: [{ ...ceiling, expires_at: "soon" }] }, problem: "ceiling 1" },
      { what: "ceilings that are no list", set: { ceilings: "none" }, problem: "ceilings" },
      { what: "a ceiling that is nothing", set: { ceilings: [null] }, problem: "ceiling 1" },
    ]) {
      test(what, async () => {
        const heard: UnknownValue[] = [];
        const { store, made, again, mint } = await worldWithKey(newDatabase, {}, (unknown) => heard.push(unknown));
        const other = await mint("other");
        // As a newer program, or a hand, would have written it.
        const columns = Object.entries(set).map(([column, value]) => sql`${sql.ref(column)} = ${JSON.stringify(value)}`);
        await sql`update api_keys set ${sql.join(columns)} where id = ${made.keyId}`.execute(store.system.core.db);
        for (let request = 0; request < 3; request++) expect(await again()).toBeUndefined();
        expect(heard).toEqual([{ keyId: made.keyId, userId: made.userId, problem: expect.stringContaining(problem) }]);
        expect((await store.system.authentication.withApiKey(other.secret, { ipAddress: "" }))?.key.id).toBe(other.key.id);
      });
    }

    test("but a role only gives nothing", async () => {
      const heard: UnknownValue[] = [];
      const { store, made, again } = await worldWithKey(newDatabase, {}, (unknown) => heard.push(unknown));
      await store.system.core.db
        .updateTable("users")
        .set({ rbac_roles: ["emperor"] })
        .where("id", "=", made.userId)
        .execute();
      expect((await again())?.subject.roles.map(({ name }) => name)).not.toContain("emperor");
      await again();
      expect(heard).toMatchObject([{ problem: expect.stringContaining("emperor") }]);
    });
  });

  test("what is kept depends on no table that is not watched", async () => {
    await using database = await newDatabase();
    const asked: string[] = [];
    await using store = await database.open();
    if (database.kind !== "sqlite") return;
    const { db } = store.system.core;
    const { rows: triggers } = await sql`select name from sqlite_master where type = 'trigger'`.execute(db);
    expect(triggers).toEqual([]);
    for (const table of AUTHENTICATION_TABLES) {
      const { rows } = await sql<{
        table: string;
        on_delete: string;
      }>`select "table", on_delete from pragma_foreign_key_list(${table})`.execute(db);
      asked.push(...rows.flatMap(({ table: parent, on_delete }) => (on_delete === "NO ACTION" ? [] : parent)));
    }
    const watched: readonly string[] = AUTHENTICATION_TABLES;
    expect(asked.filter((parent) => !watched.includes(parent))).toEqual([]);
  });
}

interface Made {
  readonly keyId: string;
  readonly userId: UserId;
  readonly now: () => Date;
}

async function worldWithKey(
  newDatabase: NewDatabase,
  { loginType = "token" }: { readonly loginType?: "token" | "password" } = {},
  onUnknownValue: (unknown: UnknownValue) => void = (unknown) => {
    throw new Error(`unknown: ${JSON.stringify(unknown)}`);
  },
) {
  const world = await openWorld(newDatabase, { onUnknownValue });
  const { user } = await world.member("milo");
  const mint = (tokenName: string) =>
    insertKey(world.store, {
      userId: user.id,
      loginType,
      tokenName: loginType === "token" ? tokenName : "",
      scopes: ["coder:all"],
      allowList: ["*:*"],
      lifetimeSeconds: 86_400,
    });
  const { key, secret } = await mint("first");
  const store: OpenStore = world.store;
  const again = () => store.system.authentication.withApiKey(secret, { ipAddress: "192.0.2.1" });
  return { ...world, mint, again, made: { keyId: key.id, userId: user.id, now: world.clock.now } satisfies Made };
}
