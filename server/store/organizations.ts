import type { OrganizationId, UserId } from "../ids.ts";
import type { Row } from "./tables.ts";

export type Organization = Row<"organizations">;
export type OrganizationMember = Row<"organization_members"> &
  Pick<Row<"users">, "username" | "name" | "email" | "avatar_url" | "status" | "login_type" | "last_seen_at"> & {
    readonly global_roles: readonly string[];
    readonly user_created_at: Date;
    readonly user_updated_at: Date;
  };

export interface Organizations {
  get(id: OrganizationId): Promise<Organization>;
  /** @param reference a UUID, a name, `default`, or the all-zero UUID for the default one */
  getByReference(reference: string): Promise<Organization>;
  list(): Promise<readonly Organization[]>;
  /** Those that a user is a member of. */
  listOfUser(userId: UserId): Promise<readonly Organization[]>;
  members(id: OrganizationId): Promise<readonly OrganizationMember[]>;
  member(id: OrganizationId, userId: UserId): Promise<OrganizationMember>;
}
