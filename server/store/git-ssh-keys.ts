import type { UserId } from "../ids.ts";
import type { Row } from "./tables.ts";

export type GitSshKey = Omit<Row<"git_ssh_keys">, "private_key">;

export interface GitSshKeys {
  get(userId: UserId): Promise<GitSshKey>;
  /** With the private half in OpenSSH's PEM form. Needs the right to read the user's personal data. */
  getPair(userId: UserId): Promise<GitSshKey & { readonly private_key: string }>;
  regenerate(userId: UserId): Promise<GitSshKey>;
}
