/** What stands in paths for users and organizations: more than ids. */
import type { FastifyRequest } from "fastify";
import type { StoreView } from "../access/store.ts";
import { InvalidInputError } from "../errors.ts";
import { userOf } from "../http/authenticate.ts";
import type { OrganizationId } from "../ids.ts";
import type { Organization } from "../organizations/organizations.ts";
import type { User } from "./user-rows.ts";

/**
 * @param reference a UUID, a username, or `me`
 * @throws InvalidInputError, not NotFoundError: the API answers 400 for a user that it cannot resolve
 */
export async function resolveUser(view: Pick<StoreView, "users">, request: FastifyRequest, reference: string): Promise<User> {
  if (reference === "me") return userOf(request).user;
  const user = await view.users.find(reference);
  if (user === undefined)
    throw new InvalidInputError("the user must be an existing UUID or name", [{ field: "user", detail: "No such user." }]);
  return user;
}

/**
 * The organization that a path goes through. Whoever is in it needs no scope to say which one is meant.
 *
 * @param reference a UUID, a name, `default`, or the all-zero UUID
 */
export async function organizationInPath(view: Pick<StoreView, "organizations">, reference: string): Promise<OrganizationId> {
  return (await view.organizations.findOwnId(reference)) ?? (await view.organizations.getByReference(reference)).id;
}

/** @param reference as for {@link organizationInPath} */
export function resolveOrganization(view: Pick<StoreView, "organizations">, reference: string): Promise<Organization> {
  return view.organizations.getByReference(reference);
}
