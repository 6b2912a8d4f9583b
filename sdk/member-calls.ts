import { type Connection, path, type RequestOptions } from "./connection.ts";
import type { OrganizationMember, OrganizationMemberWithUserData, PaginatedMembersResponse } from "./organizations.ts";
import type { AssignableRoles, UpdateRoles } from "./roles.ts";
import type { MinimalUser } from "./users.ts";

/** The members of organizations: `client.members`. `organization` is an id, a name, or `default`; `user` an id, a name, or `me`. */
export class MemberCalls {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  list(organization: string, options?: RequestOptions): Promise<OrganizationMemberWithUserData[]> {
    return this.#connection.json("GET", path`/api/v2/organizations/${organization}/members`, options);
  }

  /** @param options.q search terms such as `user_id:<id>`, or part of a name */
  page(
    organization: string,
    options: RequestOptions & { readonly q?: string; readonly limit?: number; readonly offset?: number } = {},
  ): Promise<PaginatedMembersResponse> {
    const { signal, ...query } = options;
    return this.#connection.json("GET", path`/api/v2/organizations/${organization}/paginated-members`, { signal, query });
  }

  get(organization: string, user: string, options?: RequestOptions): Promise<OrganizationMemberWithUserData> {
    return this.#connection.json("GET", path`/api/v2/organizations/${organization}/members/${user}`, options);
  }

  /** For whom the caller may make workspaces in the organization. */
  possibleOwners(
    organization: string,
    options: RequestOptions & { readonly q?: string; readonly limit?: number; readonly offset?: number } = {},
  ): Promise<MinimalUser[]> {
    const { signal, ...query } = options;
    return this.#connection.json("GET", path`/api/v2/organizations/${organization}/members/me/workspaces/available-users`, {
      signal,
      query,
    });
  }

  add(organization: string, user: string, options?: RequestOptions): Promise<OrganizationMember> {
    return this.#connection.json("POST", path`/api/v2/organizations/${organization}/members/${user}`, options);
  }

  remove(organization: string, user: string, options?: RequestOptions): Promise<void> {
    return this.#connection.done("DELETE", path`/api/v2/organizations/${organization}/members/${user}`, options);
  }

  /** The organization's roles that there are, and which of them the caller may give. */
  roles(organization: string, options?: RequestOptions): Promise<AssignableRoles[]> {
    return this.#connection.json("GET", path`/api/v2/organizations/${organization}/members/roles`, options);
  }

  /** Replaces the member's roles in the organization. */
  updateRoles(organization: string, user: string, body: UpdateRoles, options?: RequestOptions): Promise<OrganizationMember> {
    return this.#connection.json("PUT", path`/api/v2/organizations/${organization}/members/${user}/roles`, { ...options, body });
  }
}
