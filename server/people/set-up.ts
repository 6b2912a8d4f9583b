/** Sets the server up with its first user, who owns it. There is no subject yet. */
import type { Origin } from "#authz/subject.ts";
import type { CreateFirstUserRequest } from "#sdk/users.ts";
import { hashPassword } from "../access/password.ts";
import type { User } from "../access/person-rows.ts";
import { auditAs } from "../audit/audit.ts";
import type { Database } from "../database/database.ts";
import { SetupDoneError } from "../errors.ts";
import { FieldChecks } from "../input/names.ts";
import { addUser } from "./add-user.ts";
import { passwordProblem } from "./password-rules.ts";
import { defaultOrganizationId, hasUsers, lockUsers } from "./set-up-rows.ts";

/** What is required before anybody can log in. */
export interface Setup {
  hasFirstUser(): Promise<boolean>;
  /** Creates an owner with a password, who is a member of the default organization. @throws SetupDoneError if there is already a user */
  createFirstUser(user: FirstUser): Promise<User>;
}

export interface FirstUser {
  readonly email: string;
  readonly username: string;
  readonly name?: string;
  readonly password: string;
  readonly origin?: Origin;
}

export function createSetup(core: Database): Setup {
  return {
    hasFirstUser: () => hasUsers(core.db),
    createFirstUser: (user) => createFirstUser(core, user),
  };
}

/**
 * Checks the request, then creates the owner of a new server.
 *
 * @throws InvalidInputError naming the fields, SetupDoneError
 */
export async function setUpFirstUser(
  setup: Pick<Setup, "createFirstUser">,
  request: CreateFirstUserRequest,
  origin: Origin,
): Promise<User> {
  const { email, username, name = "", password } = request;
  const checks = new FieldChecks().email("email", email).username("username", username).realName("name", name);
  const weakness = passwordProblem(password);
  if (weakness !== undefined) checks.add("password", weakness);
  checks.done();
  return setup.createFirstUser({ email, username, name, password, origin });
}

async function createFirstUser(core: Database, { password, origin, ...user }: FirstUser): Promise<User> {
  if (await hasUsers(core.db)) throw new SetupDoneError();
  const hashed = await hashPassword(password);
  return core.write(async (tx) => {
    // Two first users at once would both be owners, because their names need not collide.
    await lockUsers(core, tx);
    if (await hasUsers(tx.db)) throw new SetupDoneError();
    const organizationIds = [await defaultOrganizationId(tx.db)];
    const made = await addUser(core, tx, { ...user, loginType: "password", roles: ["owner"], organizationIds }, hashed);
    await auditAs(
      core,
      tx,
      { userId: made.id, origin },
      {
        action: "register",
        resourceType: "user",
        resourceId: made.id,
        target: made.username,
        after: { ...made, hashed_password: hashed },
      },
    );
    return made;
  });
}
