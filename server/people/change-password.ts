import type { UpdateUserPasswordRequest } from "#sdk/users.ts";
import type { Access } from "../access/access.ts";
import type { UserId } from "../ids.ts";
import { FieldChecks } from "../input/names.ts";
import { passwordProblem } from "./password-strength.ts";
import { setUserPassword } from "./queries.ts";

/** @throws InvalidInputError naming the fields, and whatever the store refuses */
export async function changePassword(access: Access, id: UserId, request: UpdateUserPasswordRequest): Promise<void> {
  const { password, old_password: old } = request;
  const checks = new FieldChecks();
  const weakness = passwordProblem(password);
  if (weakness !== undefined) checks.add("password", weakness);
  checks.done();
  await setUserPassword(access, id, { new: password, ...(old !== undefined && { old }) });
}
