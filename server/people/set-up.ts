import type { Origin } from "#authz/subject.ts";
import type { CreateFirstUserRequest } from "#sdk/users.ts";
import { FieldChecks } from "../input/names.ts";
import { passwordProblem } from "./password-strength.ts";
import type { Setup } from "./setup.ts";
import type { User } from "./user-rows.ts";

/**
 * Makes the owner of a new server.
 *
 * @throws InvalidInputError, SetupDoneError
 */
export async function setUpFirstUser(
  setup: Pick<Setup, "createFirstUser">,
  request: CreateFirstUserRequest,
  origin: Origin,
): Promise<User> {
  const { email, username, name = "", password } = request;
  const checks = new FieldChecks().email("email", email).name("username", username).realName("name", name);
  const weakness = passwordProblem(password);
  if (weakness !== undefined) checks.add("password", weakness);
  checks.done();
  return setup.createFirstUser({ email, username, name, password, origin });
}
