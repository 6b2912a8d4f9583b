/** A user's Git SSH key: made with the user, stored with its private half sealed. */
import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import type { UserId } from "../ids.ts";
import { putGitSshKey } from "./git-ssh-key-rows.ts";
import { generateSshKeyPair } from "./openssh.ts";

export type GitSshKey = Omit<Row<"git_ssh_keys">, "private_key">;

export function withoutPrivate({ private_key: _, ...key }: Row<"git_ssh_keys">): GitSshKey {
  return key;
}

/** @returns the private half in OpenSSH's PEM form */
export function openGitSshKey(
  { encryption }: Pick<Database, "encryption">,
  row: Row<"git_ssh_keys">,
): GitSshKey & { readonly private_key: string } {
  return { ...row, private_key: encryption.open(purpose(row.user_id), row.private_key).toString("utf8") };
}

/** Makes and stores a new pair, which replaces an older one. */
export async function makeGitSshKey(core: Database, tx: Tx, key: { readonly userId: UserId; readonly comment: string }): Promise<void> {
  const at = core.now();
  const { publicKey, privateKey } = generateSshKeyPair(key.comment);
  const private_key = core.encryption.seal(purpose(key.userId), Buffer.from(privateKey, "utf8"));
  await putGitSshKey(tx.db, { user_id: key.userId, public_key: publicKey, private_key, created_at: at, updated_at: at });
}

function purpose(userId: UserId): string {
  return `git_ssh_keys.private_key:${userId}`;
}
