import type { OrganizationId, UserId } from "../ids.ts";
import type { LoginType, Row, UserStatus } from "./tables.ts";

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
