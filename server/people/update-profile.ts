import type { UpdateUserProfileRequest } from "#sdk/users.ts";
import type { Access } from "../access/access.ts";
import type { UserId } from "../ids.ts";
import { FieldChecks } from "../input/names.ts";
import { patchUser } from "./queries.ts";
import type { User } from "./user-rows.ts";

/** @throws InvalidInputError naming the fields, NameTakenError */
export function updateProfile(access: Access, id: UserId, request: UpdateUserProfileRequest): Promise<User> {
  const { username, name = "", avatar_url: avatarUrl } = request;
  const checks = new FieldChecks().name("username", username).realName("name", name);
  if (avatarUrl !== undefined) checks.imageAddress("avatar_url", avatarUrl);
  checks.done();
  return patchUser(access, id, { username, name, ...(avatarUrl !== undefined && { avatarUrl }) });
}
