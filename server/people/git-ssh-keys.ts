import type { Kysely } from "kysely";
import { userObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { audit } from "../audit/audit.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Row, Tables } from "../database/tables.ts";
import { NotFoundError } from "../errors.ts";
import type { UserId } from "../ids.ts";
import { generateSshKeyPair } from "./openssh.ts";

export type GitSshKey = Omit<Row<"git_ssh_keys">, "private_key">;

export interface GitSshKeys {
  get(userId: UserId): Promise<GitSshKey>;
  /** With the private half in OpenSSH's PEM form. Needs the right to read the user's personal data. */
  getPair(userId: UserId): Promise<GitSshKey & { readonly private_key: string }>;
  regenerate(userId: UserId): Promise<GitSshKey>;
}

export function createGitSshKeys(context: Context): GitSshKeys {
  const { db, guard, write } = context;
  const find = async (from: Kysely<Tables>, userId: UserId): Promise<Row<"git_ssh_keys">> => {
    const row = await from.selectFrom("git_ssh_keys").selectAll().where("user_id", "=", userId).executeTakeFirst();
    if (row === undefined) throw new NotFoundError("Git SSH key");
    return row;
  };
  return {
    get: async (userId) => {
      guard.require("read_personal", userObject(userId), "user");
      return withoutPrivate(await find(db, userId));
    },
    getPair: async (userId) => {
      guard.require("read_personal", userObject(userId), "user");
      return openGitSshKey(context, await find(db, userId));
    },
    regenerate: async (userId) => {
      guard.require("update_personal", userObject(userId), "user");
      return write(async (tx) => {
        const user = await tx.db
          .selectFrom("users")
          .select(["email", "username"])
          .where("id", "=", userId)
          .where("deleted", "=", false)
          .$if(context.dialect === "postgres", (q) => q.forKeyShare())
          .executeTakeFirst();
        if (user === undefined) throw new NotFoundError("user");
        const before = await tx.db.selectFrom("git_ssh_keys").selectAll().where("user_id", "=", userId).executeTakeFirst();
        await insertGitSshKey(context, tx, { userId, comment: user.email });
        const after = await find(tx.db, userId);
        const target = user.username;
        await audit(context, tx, { action: "write", resourceType: "git_ssh_key", resourceId: userId, target, before, after });
        return withoutPrivate(after);
      });
    },
  };
}

function withoutPrivate({ private_key: _, ...key }: Row<"git_ssh_keys">): GitSshKey {
  return key;
}

export function openGitSshKey({ encryption }: Database, row: Row<"git_ssh_keys">): GitSshKey & { readonly private_key: string } {
  return { ...row, private_key: encryption.open(purpose(row.user_id), row.private_key).toString("utf8") };
}

/** Makes a new pair; an older one is replaced. */
export async function insertGitSshKey(core: Database, tx: Tx, key: { readonly userId: UserId; readonly comment: string }): Promise<void> {
  const at = core.now();
  const { publicKey, privateKey } = generateSshKeyPair(key.comment);
  const private_key = core.encryption.seal(purpose(key.userId), Buffer.from(privateKey, "utf8"));
  await tx.db
    .insertInto("git_ssh_keys")
    .values({ user_id: key.userId, public_key: publicKey, private_key, created_at: at, updated_at: at })
    .onConflict((conflict) => conflict.column("user_id").doUpdateSet({ public_key: publicKey, private_key, updated_at: at }))
    .execute();
}

function purpose(userId: UserId): string {
  return `git_ssh_keys.private_key:${userId}`;
}
