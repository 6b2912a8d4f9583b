/** A fresh SQLite world for the tests that stand beside commands and reads. Who asks is an `Access`, as routes have it. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { onTestFinished } from "vitest";
import { parseAllowList } from "#authz/allow-list.ts";
import { rolesOf } from "#authz/roles.ts";
import { effectiveScope } from "#authz/scope-catalog.ts";
import { type Credential, SYSTEM, userSubject } from "#authz/subject.ts";
import { type Access, accessTo } from "#server/access/access.ts";
import type { User } from "#server/access/person-rows.ts";
import type { Database } from "#server/database/database.ts";
import type { StoreEvent } from "#server/database/events.ts";
import type { Row } from "#server/database/tables.ts";
import type { OrganizationId, UserId } from "#server/ids.ts";
import type { KeyWithSecret, NewApiKey } from "#server/keys/key-rows.ts";
import { setMemberRoles } from "#server/organizations/set-member-roles.ts";
import { createUser } from "#server/people/create-user.ts";
import { findUserByReference } from "#server/people/read-users.ts";
import { newSqlite, TestClock, type TestDatabase } from "./databases.ts";
import { insertKey } from "./keys.ts";
import type { OpenStore } from "./open-store.ts";
import { OWNER_PASSWORD } from "./world.ts";

export interface PersonOptions {
  /** Of the site. Default: none. */
  readonly roles?: readonly string[];
  /** In the default organization. Default: none. */
  readonly memberRoles?: readonly string[];
  /** Default: the default one. */
  readonly organizationIds?: readonly OrganizationId[];
}

export interface Person {
  readonly user: User;
  readonly access: Access;
}

/** What a credential leaves of its user's rights. Default: all of it, as a session. */
export interface AccessOptions {
  readonly scopes?: readonly string[];
  readonly allowList?: readonly string[];
  readonly credential?: Credential;
}

export interface CommandWorld {
  readonly store: OpenStore;
  readonly core: Database;
  readonly clock: TestClock;
  readonly organizationId: OrganizationId;
  /** The first user, who owns the deployment. */
  readonly owner: Person;
  /** The server itself. */
  readonly system: Access;
  /** Another user, who signs in without a password and is a member of the default organization. */
  person(username: string, options?: PersonOptions): Promise<Person>;
  /** With the roles that the user has now. */
  accessOf(userId: UserId, options?: AccessOptions): Promise<Access>;
  /** A user with a stored key, by which it mints and changes keys. Default: a session of a day that stands for the whole user. */
  keyHolder(userId: UserId, key?: Partial<NewApiKey>): Promise<KeyWithSecret & { readonly access: Access }>;
  /** Entries of the audit log since the last call, or since the world was opened. */
  entries(): Promise<Row<"audit_logs">[]>;
  /** What was published since the last call. */
  events(): StoreEvent[];
}

/** The file of a database with its first user. Made once: the schema and a password's hash cost fifteen times as much as a copy. */
let prepared: Promise<Uint8Array> | undefined;

async function prepare(): Promise<Uint8Array> {
  await using database = await newSqlite();
  const store = await database.open({ now: new TestClock().now });
  await store.system.setup.createFirstUser({ email: "olive@example.test", username: "olive", password: OWNER_PASSWORD });
  await store[Symbol.asyncDispose]();
  return readFile(pathOf(database));
}

function pathOf({ location }: TestDatabase): string {
  if (location.kind !== "sqlite") throw new Error("not SQLite");
  return location.path;
}

/** Closed when the test ends. */
export async function openCommandWorld(): Promise<CommandWorld> {
  const opened = new AsyncDisposableStack();
  onTestFinished(() => opened.disposeAsync());
  const database = opened.use(await newSqlite());
  prepared ??= prepare();
  await mkdir(dirname(pathOf(database)), { mode: 0o700 });
  await writeFile(pathOf(database), await prepared, { mode: 0o600 });
  const clock = new TestClock();
  const store = opened.use(await database.open({ now: clock.now }));
  const { core, authentication } = store.system;
  const accessFor = accessTo(core);
  const system = accessFor(SYSTEM);
  const owner = await findUserByReference(system, "olive");
  const [organizationId] = owner?.organization_ids ?? [];
  if (owner === undefined || organizationId === undefined) throw new Error("the first user is gone, or in no organization");

  const accessOf = async (userId: UserId, { scopes = ["coder:all"], allowList = ["*:*"], credential }: AccessOptions = {}) => {
    const list = parseAllowList(allowList);
    const effective = list.kind === "parsed" ? effectiveScope(scopes, list.allowList) : undefined;
    if (effective?.kind !== "known") throw new Error(`${scopes} with ${allowList} is no scope`);
    const memberships = await authentication.rolesOf(userId);
    const roles = rolesOf(memberships, (name) => {
      throw new Error(`unknown role ${name}`);
    });
    const shown = credential ?? { kind: scopes.includes("coder:all") ? "session" : "token", id: "" };
    return accessFor(userSubject({ id: userId, roles, groups: memberships.groups, scope: effective.scope, credential: shown }));
  };

  let entriesSeen = 0;
  const entries = async () => {
    const found = await core.db.selectFrom("audit_logs").selectAll().where("number", ">", entriesSeen).orderBy("number").execute();
    entriesSeen = found.at(-1)?.number ?? entriesSeen;
    return found;
  };
  let published: StoreEvent[] = [];
  store.events.subscribe((event) => published.push(event));
  await entries();

  return {
    store,
    core,
    clock,
    organizationId,
    owner: { user: owner, access: await accessOf(owner.id) },
    system,
    person: async (username, { roles = [], memberRoles = [], organizationIds = [organizationId] } = {}) => {
      const email = `${username}@example.test`;
      const user = await createUser(system, { email, username, loginType: "none", roles, organizationIds });
      if (memberRoles.length > 0) await setMemberRoles(system, organizationId, user.id, memberRoles);
      return { user, access: await accessOf(user.id) };
    },
    accessOf,
    keyHolder: async (userId, more = {}) => {
      const session = { loginType: "password", scopes: ["coder:all"], allowList: ["*:*"], lifetimeSeconds: 86_400 } as const;
      const made = await insertKey(store, { ...session, userId, ...more });
      const found = await authentication.withApiKey(made.secret, { ipAddress: "192.0.2.7" });
      if (found === undefined) throw new Error(`key ${made.key.id} opens nothing`);
      return { ...made, access: accessFor(found.subject) };
    },
    entries,
    events: () => {
      const events = published;
      published = [];
      return events;
    },
  };
}
