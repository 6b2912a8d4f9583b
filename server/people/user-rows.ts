/** Rows of users, without a decision: for authentication, setup, and the queries that decide themselves. */
import type { Kysely } from "kysely";
import type { Database, Tx } from "../database/database.ts";
import { UniqueViolationError } from "../database/failures.ts";
import type { LoginType, Tables, UserStatus } from "../database/tables.ts";
import { NameTakenError, NotFoundError } from "../errors.ts";
import type { OrganizationId, UserId } from "../ids.ts";
import { insertGitSshKey } from "./git-ssh-keys.ts";

export type User = import("../access/person-rows.ts").User;

export interface NewUser {
  readonly email: string;
  readonly username: string;
  readonly name?: string;
  readonly loginType: LoginType;
  /** Only with login type `password`. */
  readonly password?: string;
  /** Default: active. */
  readonly status?: UserStatus;
  /** Site roles, without the implied `member`. */
  readonly roles?: readonly string[];
  readonly organizationIds: readonly OrganizationId[];
}

export const USER_COLUMNS = [
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

export function selectUsers(db: Kysely<Tables>) {
  return db.selectFrom("users").select(USER_COLUMNS).where("deleted", "=", false);
}

/** Not deleted. */
export async function findUser(db: Kysely<Tables>, id: UserId): Promise<User | undefined> {
  const row = await selectUsers(db).where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : (await withOrganizations(db, [row]))[0];
}

/**
 * Until the transaction ends, nobody else changes this user.
 *
 * @param against `changes` lets others add rows that point at the user; `all` waits for those who do, and makes later ones wait
 * @throws NotFoundError
 */
export async function lockedUser(
  { dialect }: Pick<Database, "dialect">,
  tx: Pick<Tx, "db">,
  id: UserId,
  against: "changes" | "all" = "changes",
): Promise<User> {
  await tx.db
    .selectFrom("users")
    .select("id")
    .where("id", "=", id)
    .$if(dialect === "postgres", (q) => (against === "all" ? q.forUpdate() : q.forNoKeyUpdate()))
    .execute();
  const user = await findUser(tx.db, id);
  if (user === undefined) throw new NotFoundError("user");
  return user;
}

/** In any letter case; not deleted. */
export async function findUserBy(db: Kysely<Tables>, column: "username" | "email", value: string): Promise<User | undefined> {
  const row = await selectUsers(db)
    .where((eb) => eb(eb.fn<string>("lower", [column]), "=", value.toLowerCase()))
    .executeTakeFirst();
  return row === undefined ? undefined : (await withOrganizations(db, [row]))[0];
}

export async function withOrganizations(db: Kysely<Tables>, rows: readonly Omit<User, "organization_ids">[]): Promise<User[]> {
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

/** The user, its memberships and its Git SSH key. @throws NameTakenError for `username` or `email` */
export async function insertUser(core: Database, tx: Tx, user: NewUser, hashedPassword: string): Promise<User> {
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
      status: user.status ?? "active",
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
export function nameTaken(values: { readonly username?: string | undefined; readonly email?: string }): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof UniqueViolationError)) throw error;
    const field = error.constraint.includes("email") ? "email" : "username";
    throw new NameTakenError("user", field, values[field] ?? "", { cause: error });
  };
}
