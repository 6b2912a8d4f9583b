import type { User } from "../access/person-rows.ts";
import type { Database, Tx } from "../database/database.ts";
import type { LoginType, UserStatus } from "../database/tables/people.ts";
import type { OrganizationId, UserId } from "../ids.ts";
import { insertMembership } from "../roles/role-rows.ts";
import { makeGitSshKey } from "./git-ssh-keys.ts";
import { findUser, insertUserRow } from "./user-rows.ts";

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

/** Adds the user, its memberships and its Git SSH key. Decides nothing. @throws NameTakenError for `username` or `email` */
export async function addUser(core: Database, tx: Tx, user: Omit<NewUser, "password">, hashedPassword: string): Promise<User> {
  const at = core.now();
  const times = { created_at: at, updated_at: at };
  const id = core.newId<UserId>();
  const { email, username } = user;
  await insertUserRow(tx.db, {
    id,
    email,
    username,
    name: user.name ?? "",
    hashed_password: hashedPassword,
    login_type: user.loginType,
    status: user.status ?? "active",
    rbac_roles: user.roles ?? [],
    ...times,
  });
  for (const organization_id of user.organizationIds) await insertMembership(tx.db, { organization_id, user_id: id, roles: [], ...times });
  await makeGitSshKey(core, tx, { userId: id, comment: email });
  const made = await findUser(tx.db, id);
  if (made === undefined) throw new Error(`user ${id} disappeared while it was being created`);
  return made;
}
