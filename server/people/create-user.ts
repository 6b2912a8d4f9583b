import type { CreateUserRequest } from "#sdk/users.ts";
import type { Context } from "../access/context.ts";
import { hashPassword } from "../access/password.ts";
import type { User } from "../access/person-rows.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import { OrganizationId } from "../ids.ts";
import { FieldChecks } from "../input/names.ts";
import { requireAssignable, requireNewMember } from "../roles/role-authority.ts";
import { knownSiteRoles } from "../roles/role-rules.ts";
import { addUser, type NewUser } from "./add-user.ts";
import { passwordProblem, requirePasswordToFit, requireWholeUser } from "./password-rules.ts";

/** A user without a password signs in only with tokens that others create. @throws InvalidInputError naming the fields */
export function parseNewUser(request: CreateUserRequest): NewUser {
  const { email, username, name = "", password = "", organization_ids = [], roles = [], user_status = "dormant" } = request;
  const checks = new FieldChecks().email("email", email).username("username", username).realName("name", name);
  const loginType = loginTypeOf(request);
  if (loginType === undefined) checks.add("login_type", "Expected password or none: this server has no other way to sign in.");
  if (organization_ids.length === 0) checks.add("organization_ids", "A user must be a member of at least one organization.");
  if (request.service_account === true) checks.add("service_account", "This server has no service accounts.");
  const weakness = loginType && passwordMismatch(loginType, password);
  if (weakness !== undefined) checks.add("password", weakness);
  checks.done();
  return {
    email,
    username,
    name,
    loginType: loginType ?? "none",
    ...(loginType === "password" && { password }),
    status: user_status,
    roles,
    organizationIds: [...new Set(organization_ids.map((id) => OrganizationId.parse(id)))],
  };
}

/** @returns undefined for a login type that this server does not support */
function loginTypeOf({ login_type = "" }: CreateUserRequest): "password" | "none" | undefined {
  if (login_type === "" || login_type === "password") return "password";
  return login_type === "none" ? "none" : undefined;
}

function passwordMismatch(loginType: "password" | "none", password: string): string | undefined {
  if (loginType === "password") return passwordProblem(password);
  return password === "" ? undefined : "A password is allowed only with login type password.";
}

/**
 * Creates the user, its memberships in its organizations, and its Git SSH key.
 *
 * @throws NameTakenError for `username` or `email`; NotAllowedError for a role that the subject may not give, which includes the default
 *   roles of the organizations' members, and for a password from a token that may do less than its user
 */
export const createUser = ruled("users.create", async (context: Context, user: NewUser): Promise<User> => {
  const { guard, write } = context;
  guard.requireOpenly("create", { type: "user" });
  if (user.password !== undefined) requireWholeUser(guard.subject);
  const roles = knownSiteRoles(user.roles ?? []);
  if (roles.length > 0) requireAssignable(context, { assign: roles });
  requirePasswordToFit(user);
  const hashed = user.password === undefined ? "" : await hashPassword(user.password);
  return write(async (tx) => {
    for (const id of user.organizationIds) await requireNewMember(context, tx, id);
    const made = await addUser(context, tx, { ...user, roles }, hashed);
    const additional = { organization_ids: made.organization_ids };
    await audit(context, tx, {
      action: "create",
      resourceType: "user",
      resourceId: made.id,
      target: made.username,
      after: made,
      additional,
    });
    return made;
  });
});
