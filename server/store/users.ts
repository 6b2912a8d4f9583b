import type { Kysely } from "kysely";
import { userObject } from "#authz/object.ts";
import { InUseError, InvalidInputError, NameTakenError, NotFoundError } from "../errors.ts";
import { type OrganizationId, UserId } from "../ids.ts";
import type { StoreContext, StoreCore, Tx } from "./context.ts";
import { UniqueViolationError } from "./failures.ts";
import { insertGitSshKey } from "./git-ssh-keys.ts";
import { page } from "./paging.ts";
import { hashPassword, verifyPassword } from "./password.ts";
import type { LoginType, Row, Tables, UserStatus } from "./tables.ts";

export type User = Omit<Row<"users">, "hashed_password"> & { readonly organization_ids: readonly OrganizationId[] };

export interface NewUser {
  readonly email: string;
  readonly username: string;
  readonly name?: string;
  readonly loginType: LoginType;
  /** Only with login type `password`. */
  readonly password?: string;
  readonly roles?: readonly string[];
  readonly organizationIds: readonly OrganizationId[];
}

export interface UserFilter {
  /** Part of a name or an e-mail address. */
  readonly search?: string;
  readonly status?: readonly UserStatus[];
  readonly limit?: number;
  readonly offset?: number;
  /** The list goes on behind this user. */
  readonly afterId?: UserId;
}

export interface Users {
  get(id: UserId): Promise<User>;
  /** @param reference a UUID or a username; undefined when nobody answers to it, or nobody the subject may see */
  find(reference: string): Promise<User | undefined>;
  /** By username. `count` is the number of matches before limit and offset. */
  list(filter?: UserFilter): Promise<{ readonly users: readonly User[]; readonly count: number }>;
  /** Also makes the user a member of its organizations, and its Git SSH key. @throws NameTakenError for `username` or `email` */
  create(user: NewUser): Promise<User>;
  update(id: UserId, patch: { readonly username?: string; readonly name?: string }): Promise<User>;
  setStatus(id: UserId, status: UserStatus): Promise<User>;
  /** @param change.old required when it is one's own password that changes; a wrong one is an InvalidInputError. Ends all sessions. */
  setPassword(id: UserId, change: { readonly new: string; readonly old?: string }): Promise<void>;
  /** @throws InUseError while the user has workspaces */
  delete(id: UserId): Promise<void>;
}

export function createUsers(context: StoreContext): Users {
  const { db, guard, write, now } = context;

  const readable = async (id: UserId, from: Kysely<Tables> = db): Promise<User> => {
    const user = await findUser(from, id);
    if (user === undefined) throw new NotFoundError("user");
    guard.read(userObject(user.id), "user");
    return user;
  };
  const change = (id: UserId, action: "update" | "update_personal" | "delete", work: (tx: Tx, user: User) => Promise<void>) =>
    write(async (tx) => {
      const user = await findUser(tx.db, id);
      if (user === undefined) throw new NotFoundError("user");
      guard.require(action, userObject(id), "user");
      await work(tx, user);
      return (await findUser(tx.db, id)) ?? user;
    });

  return {
    get: (id) => readable(id),
    find: async (reference) => {
      const user = UserId.is(reference) ? await findUser(db, UserId.parse(reference)) : await findUserBy(db, "username", reference);
      return user !== undefined && guard.allows("read", userObject(user.id)) ? user : undefined;
    },
    list: async ({ search = "", status, limit, offset = 0, afterId } = {}) => {
      const query = selectUsers(db).$if(status !== undefined, (q) => q.where("status", "in", status ?? []));
      const needle = search.toLowerCase();
      const found = (await withOrganizations(db, await query.orderBy((eb) => eb.fn("lower", ["username"])).execute())).filter(
        (user) =>
          [user.username, user.name, user.email].some((text) => text.toLowerCase().includes(needle)) &&
          guard.allows("read", userObject(user.id)),
      );
      return { users: page(found, { limit, offset, afterId }), count: found.length };
    },
    create: async (user) => {
      guard.requireOpenly("create", { type: "user" });
      const hashed = await passwordHash(user);
      return write((tx) => insertUser(context, tx, user, hashed));
    },
    update: (id, { username, name }) =>
      change(id, "update_personal", async ({ db: trx }) => {
        const set = { ...(username !== undefined && { username }), ...(name !== undefined && { name }), updated_at: now() };
        await trx.updateTable("users").set(set).where("id", "=", id).execute().catch(nameTaken({ username }));
      }),
    setStatus: (id, status) =>
      change(id, "update", async ({ db: trx }) => {
        await trx.updateTable("users").set({ status, updated_at: now() }).where("id", "=", id).execute();
      }),
    setPassword: async (id, { new: password, old }) => {
      const isOwn = guard.subject.id === id;
      guard.require(isOwn ? "update_personal" : "update", userObject(id), "user");
      const row = await db.selectFrom("users").select(["hashed_password", "login_type"]).where("id", "=", id).executeTakeFirst();
      if (row === undefined) throw new NotFoundError("user");
      if (row.login_type !== "password") throw new InvalidInputError(`a user with login type ${row.login_type} has no password`);
      if (isOwn && !(await verifyPassword(row.hashed_password, old ?? "")))
        throw new InvalidInputError("Old password is incorrect.", [{ field: "old_password", detail: "Old password is incorrect." }]);
      const hashed = await hashPassword(password);
      await write(async ({ db: trx }) => {
        await trx.updateTable("users").set({ hashed_password: hashed, updated_at: now() }).where("id", "=", id).execute();
        // Whoever knew the old password must not stay logged in. API tokens are not from a login and stay.
        await trx.deleteFrom("api_keys").where("user_id", "=", id).where("token_name", "=", "").execute();
      });
    },
    delete: async (id) => {
      await change(id, "delete", async ({ db: trx }) => {
        const owned = await trx
          .selectFrom("workspaces")
          .select("id")
          .where("owner_id", "=", id)
          .where("deleted", "=", false)
          .executeTakeFirst();
        if (owned !== undefined) throw new InUseError("the user still has workspaces");
        await trx.deleteFrom("api_keys").where("user_id", "=", id).execute();
        await trx.deleteFrom("external_auth_links").where("user_id", "=", id).execute();
        await trx.deleteFrom("git_ssh_keys").where("user_id", "=", id).execute();
        await trx.deleteFrom("organization_members").where("user_id", "=", id).execute();
        await trx.updateTable("users").set({ deleted: true, hashed_password: "", updated_at: now() }).where("id", "=", id).execute();
      });
    },
  };
}

const COLUMNS = [
  "id",
  "email",
  "username",
  "name",
  "avatar_url",
  "login_type",
  "status",
  "rbac_roles",
  "deleted",
  "created_at",
  "updated_at",
  "last_seen_at",
] as const satisfies (keyof Tables["users"])[];

function selectUsers(db: Kysely<Tables>) {
  return db.selectFrom("users").select(COLUMNS).where("deleted", "=", false);
}

/** Without a decision; not deleted. */
export async function findUser(db: Kysely<Tables>, id: UserId): Promise<User | undefined> {
  const row = await selectUsers(db).where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : (await withOrganizations(db, [row]))[0];
}

export async function findUserBy(db: Kysely<Tables>, column: "username" | "email", value: string): Promise<User | undefined> {
  const row = await selectUsers(db)
    .where((eb) => eb(eb.fn<string>("lower", [column]), "=", value.toLowerCase()))
    .executeTakeFirst();
  return row === undefined ? undefined : (await withOrganizations(db, [row]))[0];
}

async function withOrganizations(db: Kysely<Tables>, rows: readonly Omit<User, "organization_ids">[]): Promise<User[]> {
  if (rows.length === 0) return [];
  const memberships = await db
    .selectFrom("organization_members")
    .select(["user_id", "organization_id"])
    .$if(rows.length < 100, (q) =>
      q.where(
        "user_id",
        "in",
        rows.map(({ id }) => id),
      ),
    )
    .orderBy("created_at")
    .execute();
  const byUser = Map.groupBy(memberships, ({ user_id }) => user_id);
  return rows.map((row) => ({ ...row, organization_ids: (byUser.get(row.id) ?? []).map(({ organization_id }) => organization_id) }));
}

async function passwordHash({ loginType, password }: Pick<NewUser, "loginType" | "password">): Promise<string> {
  if ((loginType === "password") !== (password !== undefined))
    throw new InvalidInputError("A password belongs to login type password, and to no other.", [
      { field: "password", detail: "needed with login type password, and only there" },
    ]);
  return password === undefined ? "" : hashPassword(password);
}

/** Without a decision. The user, its memberships and its Git SSH key. */
export async function insertUser(core: StoreCore, tx: Tx, user: NewUser, hashedPassword: string): Promise<User> {
  const at = core.now();
  const id = core.newId<UserId>();
  const { email, username } = user;
  await tx.db
    .insertInto("users")
    .values({
      id,
      email,
      username,
      name: user.name ?? "",
      hashed_password: hashedPassword,
      login_type: user.loginType,
      status: "active",
      rbac_roles: user.roles ?? [],
      created_at: at,
      updated_at: at,
    })
    .execute()
    .catch(nameTaken({ email, username }));
  for (const organization_id of user.organizationIds)
    await tx.db
      .insertInto("organization_members")
      .values({ organization_id, user_id: id, roles: [], created_at: at, updated_at: at })
      .execute();
  await insertGitSshKey(core, tx, { userId: id, comment: email });
  const made = await findUser(tx.db, id);
  if (made === undefined) throw new Error(`user ${id} vanished while it was made`);
  return made;
}

/** For `catch`: which of the values was taken, if that was it. */
function nameTaken(values: { readonly username?: string | undefined; readonly email?: string }): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof UniqueViolationError)) throw error;
    const field = error.constraint.includes("email") ? "email" : "username";
    throw new NameTakenError("user", field, values[field] ?? "", { cause: error });
  };
}
