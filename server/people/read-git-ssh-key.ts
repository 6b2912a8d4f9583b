import { userObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import type { Row } from "../database/tables.ts";
import { NotFoundError } from "../errors.ts";
import type { UserId } from "../ids.ts";
import { findGitSshKey } from "./git-ssh-key-rows.ts";
import { type GitSshKey, openGitSshKey, withoutPrivate } from "./git-ssh-keys.ts";

export const getGitSshKey = ruled(
  "gitSshKeys.get",
  async (context: Context, userId: UserId): Promise<GitSshKey> => withoutPrivate(await readable(context, userId)),
);

/** With the private half in OpenSSH's PEM form. Needs the right to read the user's personal data. */
export const getGitSshKeyPair = ruled(
  "gitSshKeys.getPair",
  async (context: Context, userId: UserId): Promise<GitSshKey & { readonly private_key: string }> =>
    openGitSshKey(context, await readable(context, userId)),
);

async function readable({ db, guard }: Context, userId: UserId): Promise<Row<"git_ssh_keys">> {
  guard.require("read_personal", userObject(userId), "user");
  const row = await findGitSshKey(db, userId);
  if (row === undefined) throw new NotFoundError("Git SSH key");
  return row;
}
