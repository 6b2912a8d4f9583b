/** Users of a test's server, signed in with a password. */
import { randomUUID } from "node:crypto";
import { type Answer, call, type ServerWorld } from "./server-world.ts";

export interface Person {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly sessionToken: string;
  /** A request with the person's session. */
  call(method: string, path: string, body?: unknown): Promise<Answer>;
}

export const PASSWORD = "Purple monkey 7 dishwasher!";

/** Site roles, and roles in the default organization, as the owner gives them. */
export interface PersonOptions {
  readonly username?: string;
  readonly roles?: readonly string[];
  readonly memberRoles?: readonly string[];
  /** Names or ids. Default: the default one. */
  readonly organizations?: readonly string[];
}

export async function addPerson(world: ServerWorld, options: PersonOptions = {}): Promise<Person> {
  const { username = `u-${randomUUID().slice(0, 8)}`, roles = [], memberRoles = [], organizations = ["default"] } = options;
  const organization_ids = await Promise.all(organizations.map(async (name) => (await world.client.getOrganization(name)).id));
  const email = `${username}@example.com`;
  const made = await done(201, world.call("POST", "/api/v2/users", { username, email, password: PASSWORD, roles, organization_ids }));
  if (memberRoles.length > 0)
    await done(200, world.call("PUT", `/api/v2/organizations/default/members/${username}/roles`, { roles: memberRoles }));
  const { session_token: sessionToken } = (await done(201, call(world.url, "POST", "/api/v2/users/login", { email, password: PASSWORD })))
    .json;
  return {
    id: made.json.id,
    username,
    email,
    sessionToken,
    call: (method, path, body) => call(world.url, method, path, body, { "Coder-Session-Token": sessionToken }),
  };
}

/** An API token of a person's own, for an hour unless it says otherwise (in nanoseconds). */
export async function mintToken(
  person: Pick<Person, "call">,
  request: { readonly scopes?: readonly string[]; readonly allow_list?: readonly string[]; readonly lifetime?: number } = {},
): Promise<string> {
  return (await done(201, person.call("POST", "/api/v2/users/me/keys/tokens", { lifetime: 3_600_000_000_000, ...request }))).json.key;
}

async function done(status: number, answering: Promise<Answer>): Promise<Answer> {
  const answer = await answering;
  if (answer.status !== status) throw new Error(`wanted ${status}, got ${answer.status}: ${answer.text}`);
  return answer;
}
