import { userObject } from "#authz/object.ts";
import type { UserAppearanceSettings } from "#sdk/users.ts";
import type { Context } from "../access/context.ts";
import { hashPassword } from "../access/password.ts";
import { permitted } from "../access/permitted-rows.ts";
import { audit } from "../audit/audit.ts";
import type { Tx } from "../database/database.ts";
import { holdUser } from "../database/locks.ts";
import type { Tables, UserStatus } from "../database/tables.ts";
import { InvalidInputError, NotAllowedError, NotFoundError, OwnsWorkspacesError } from "../errors.ts";
import { UserId } from "../ids.ts";
import { auditKeyChange } from "../keys/key-entries.ts";
import { deleteKeysOf, lockKeys } from "../keys/key-lineage.ts";
import { keepAnOwner, protectOwner, requireAssignable, requireNewMember } from "../roles/role-authority.ts";
import { listUsers, USER_OBJECT, type UserFilter } from "./user-list.ts";
import { type PasswordChange, requireWholeUser, setPassword } from "./user-passwords.ts";
import { knownSiteRoles, type RolesOfUser, rolesOfUser, setRolesOfUser } from "./user-roles.ts";
import { findUser, insertUser, lockedUser, type NewUser, nameTaken, selectUsers, type User, withOrganizations } from "./user-rows.ts";

export interface Users {
  get(id: UserId): Promise<User>;
  /** The record that the request was authenticated with, which is as new as a query's, for a subject that may read it. */
  self(user: User): Promise<User>;
  /** For what is the user's own affair. */
  getPersonal(id: UserId): Promise<User>;
  /** @param reference a UUID or a username; undefined when nobody answers to it, or nobody the subject may see */
  find(reference: string): Promise<User | undefined>;
  /** By username. `count` is the number of matches before limit and offset. @throws InvalidInputError for an `afterId` that is not there */
  list(filter?: UserFilter): Promise<{ readonly users: readonly User[]; readonly count: number }>;
  /**
   * Also makes the user a member of its organizations, and its Git SSH key.
   *
   * @throws NameTakenError for `username` or `email`; NotAllowedError for a role that the subject may not give, which a member's default
   *   roles in the organizations are as well, and for a password from a token that may less than its user
   */
  create(user: NewUser): Promise<User>;
  update(id: UserId, patch: { readonly username?: string; readonly name?: string; readonly avatarUrl?: string }): Promise<User>;
  /** @throws InvalidInputError when it is oneself, or an owner, who is to be suspended; NotAllowedError about an owner unless one is one */
  setStatus(id: UserId, status: UserStatus): Promise<User>;
  setPassword(id: UserId, change: PasswordChange): Promise<void>;
  roles(id: UserId): Promise<RolesOfUser>;
  setRoles(id: UserId, roles: readonly string[]): Promise<User>;
  /** Undefined when the user has chosen nothing yet. */
  appearance(id: UserId): Promise<UserAppearanceSettings | undefined>;
  setAppearance(id: UserId, settings: UserAppearanceSettings): Promise<void>;
  /** Name and address are free again; keys with all that they minted, links and memberships are gone. @throws OwnsWorkspacesError, NotAllowedError for oneself */
  delete(id: UserId): Promise<void>;
}

export function createUsers(context: Context): Users {
  const { db, guard, write, now } = context;
  return {
    get: async (id) => {
      const user = await findUser(db, id);
      if (user === undefined) throw new NotFoundError("user");
      guard.read(userObject(user.id), "user");
      return user;
    },
    self: async (user) => {
      guard.read(userObject(user.id), "user");
      return user;
    },
    getPersonal: async (id) => {
      guard.require("read_personal", userObject(id), "user");
      const user = await findUser(db, id);
      if (user === undefined) throw new NotFoundError("user");
      return user;
    },
    find: async (reference) => {
      const rows = await selectUsers(db)
        .$if(UserId.is(reference), (q) => q.where("id", "=", UserId.parse(reference)))
        .$if(!UserId.is(reference), (q) => q.where((eb) => eb(eb.fn<string>("lower", ["username"]), "=", reference.toLowerCase())))
        .where(permitted(context, "read", "user", USER_OBJECT))
        .execute();
      return (await withOrganizations(db, rows))[0];
    },
    list: (filter = {}) => listUsers(context, filter),

    create: async (user) => {
      guard.requireOpenly("create", { type: "user" });
      if (user.password !== undefined) requireWholeUser(guard.subject);
      const roles = knownSiteRoles(user.roles ?? []);
      if (roles.length > 0) requireAssignable(context, { assign: roles });
      const hashed = await passwordHash(user);
      return write(async (tx) => {
        for (const id of user.organizationIds) await requireNewMember(context, tx, id);
        const made = await insertUser(context, tx, { ...user, roles }, hashed);
        const additional = { organization_ids: made.organization_ids };
        await audit(context, tx, {
          action: "create",
          resourceType: "user",
          resourceId: made.id,
          target: made.username,
          after: made,
          additional,
        });
        return made;
      });
    },
    update: (id, { username, name, avatarUrl }) =>
      change(context, id, async (tx) => {
        guard.require("update_personal", userObject(id), "user");
        const set = {
          ...(username !== undefined && { username }),
          ...(name !== undefined && { name }),
          ...(avatarUrl !== undefined && { avatar_url: avatarUrl }),
        };
        await tx.db
          .updateTable("users")
          .set({ ...set, updated_at: now() })
          .where("id", "=", id)
          .execute()
          .catch(nameTaken({ username }));
      }),
    setStatus: (id, status) =>
      change(context, id, async (tx, user) => {
        guard.require("update", userObject(id), "user");
        if (status === "suspended" && guard.subject.id === id) throw new InvalidInputError("you cannot suspend yourself");
        protectOwner(context, user);
        if (status === "suspended" && user.rbac_roles.includes("owner"))
          throw new InvalidInputError("an owner cannot be suspended: take the role away first");
        await tx.db.updateTable("users").set({ status, updated_at: now() }).where("id", "=", id).execute();
      }),
    setPassword: (id, passwords) => setPassword(context, id, passwords),
    roles: (id) => rolesOfUser(context, id),
    setRoles: (id, roles) => setRolesOfUser(context, id, roles),

    appearance: async (id) => {
      guard.require("read_personal", userObject(id), "user");
      const row = await db.selectFrom("user_appearances").select("settings").where("user_id", "=", id).executeTakeFirst();
      return row?.settings;
    },
    setAppearance: async (id, settings) => {
      guard.require("update_personal", userObject(id), "user");
      const updated_at = now();
      await write(async (tx) => {
        await holdUser(context, tx, id);
        await tx.db
          .insertInto("user_appearances")
          .values({ user_id: id, settings, updated_at })
          .onConflict((conflict) => conflict.column("user_id").doUpdateSet({ settings, updated_at }))
          .execute();
      });
    },

    delete: async (id) => {
      await write(async (tx) => {
        // No key of the user may make another one meanwhile, and no workspace may be made for the user.
        await lockKeys(context, tx);
        const user = await lockedUser(context, tx, id, "all");
        guard.require("delete", userObject(id), "user");
        if (guard.subject.id === id) throw new NotAllowedError("nobody can delete themselves");
        protectOwner(context, user);
        await deleteUser(context, tx, id);
        if (user.rbac_roles.includes("owner")) await keepAnOwner(context, tx, id);
        await audit(context, tx, { action: "delete", resourceType: "user", resourceId: id, target: user.username, before: user });
      });
    },
  };
}

/** One user's row, and what changed of it in the audit log. */
function change(context: Context, id: UserId, work: (tx: Tx, user: User) => Promise<void>): Promise<User> {
  return context.write(async (tx) => {
    const before = await lockedUser(context, tx, id);
    await work(tx, before);
    const after = (await findUser(tx.db, id)) ?? before;
    await audit(context, tx, { action: "write", resourceType: "user", resourceId: id, target: after.username, before, after });
    return after;
  });
}

async function deleteUser(context: Context, tx: Tx, id: UserId): Promise<void> {
  const owned = await tx.db
    .selectFrom("workspaces")
    .select("id")
    .where("owner_id", "=", id)
    .where("deleted", "=", false)
    .executeTakeFirst();
  if (owned !== undefined) throw new OwnsWorkspacesError();
  for (const change of await deleteKeysOf(context, tx, id)) await auditKeyChange(context, tx, "delete", change, { ended_with_user: id });
  const tables = ["external_auth_links", "git_ssh_keys", "organization_members", "user_appearances"] as const satisfies (keyof Tables)[];
  for (const table of tables) await tx.db.deleteFrom(table).where("user_id", "=", id).execute();
  await tx.db.updateTable("users").set({ deleted: true, hashed_password: "", updated_at: context.now() }).where("id", "=", id).execute();
}

async function passwordHash({ loginType, password }: Pick<NewUser, "loginType" | "password">): Promise<string> {
  if ((loginType === "password") !== (password !== undefined))
    throw new InvalidInputError("A password belongs to login type password, and to no other.", [
      { field: "password", detail: "needed with login type password, and only there" },
    ]);
  return password === undefined ? "" : hashPassword(password);
}
