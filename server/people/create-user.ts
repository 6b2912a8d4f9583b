import type { CreateUserRequest } from "#sdk/users.ts";
import type { Access } from "../access/access.ts";
import { OrganizationId } from "../ids.ts";
import { FieldChecks } from "../input/names.ts";
import { passwordProblem } from "./password-strength.ts";
import { insertUserBySubject } from "./queries.ts";
import type { User } from "./user-rows.ts";

/**
 * Without a password the user signs in with tokens only, which others make.
 *
 * @throws InvalidInputError naming the fields, and whatever the store refuses
 */
export async function createUser(access: Access, request: CreateUserRequest): Promise<User> {
  const { email, username, name = "", password = "", organization_ids = [], roles = [], user_status = "dormant" } = request;
  const checks = new FieldChecks().email("email", email).name("username", username).realName("name", name);
  const loginType = loginTypeOf(request);
  if (loginType === undefined) checks.add("login_type", "Users of this server sign in with a password, or not at all: password or none.");
  if (organization_ids.length === 0) checks.add("organization_ids", "A user is a member of at least one organization.");
  if (request.service_account === true) checks.add("service_account", "This server has no service accounts.");
  const weakness = loginType && passwordMismatch(loginType, password);
  if (weakness !== undefined) checks.add("password", weakness);
  checks.done();
  return insertUserBySubject(access, {
    email,
    username,
    name,
    loginType: loginType ?? "none",
    ...(loginType === "password" && { password }),
    status: user_status,
    roles,
    organizationIds: [...new Set(organization_ids.map((id) => OrganizationId.parse(id)))],
  });
}

/** Undefined: nobody signs in to this server in that way. */
function loginTypeOf({ login_type = "" }: CreateUserRequest): "password" | "none" | undefined {
  if (login_type === "" || login_type === "password") return "password";
  return login_type === "none" ? "none" : undefined;
}

function passwordMismatch(loginType: "password" | "none", password: string): string | undefined {
  if (loginType === "password") return passwordProblem(password);
  return password === "" ? undefined : "Only login type password has a password.";
}
