import type { FastifyRequest } from "fastify";
import type { User } from "../access/person-rows.ts";
import { InvalidInputError } from "../errors.ts";
import { accessOf, userOf } from "../http/authenticate.ts";
import { findUserByReference } from "./read-users.ts";

/**
 * The user whom a path names: with more than ids.
 *
 * @param reference a UUID, a username, or `me`
 * @throws InvalidInputError, not NotFoundError: the API answers 400 for a user that it cannot resolve
 */
export async function userInPath(request: FastifyRequest, reference: string): Promise<User> {
  if (reference === "me") return userOf(request).user;
  const user = await findUserByReference(accessOf(request), reference);
  if (user === undefined)
    throw new InvalidInputError("the user must be an existing UUID or name", [{ field: "user", detail: "No such user." }]);
  return user;
}
