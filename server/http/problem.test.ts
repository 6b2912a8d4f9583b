import { expect, test } from "vitest";
import { authorize } from "#authz/decide.ts";
import { userObject } from "#authz/object.ts";
import { FULL_SCOPE } from "#authz/scope.ts";
import { userSubject } from "#authz/subject.ts";
import { formatSecret } from "#credentials/secret.ts";
import {
  ForbiddenError,
  InvalidInputError,
  LogQuotaExceededError,
  NameTakenError,
  NotFoundError,
  StoreUnavailableError,
} from "../errors.ts";
import { HttpError } from "./http-error.ts";
import { toProblem } from "./problem.ts";

const quiet = { debug: () => {}, info: () => {}, error: () => {} };

function denial(): unknown {
  try {
    authorize(userSubject({ id: "v", roles: [], groups: [], scope: FULL_SCOPE }), "read_personal", userObject("u"));
  } catch (error) {
    return error;
  }
  throw new Error("it was allowed");
}

for (const { what, error, status, body } of [
  {
    what: "a refusal by authz",
    error: denial(),
    status: 403,
    body: { message: "Forbidden.", detail: "needs `user:read_personal`: role: none of your roles allows it here" },
  },
  {
    what: "a refusal by the store with its reason",
    error: new ForbiddenError("read_personal", "user", { cause: denial() }),
    status: 403,
    body: { message: "Forbidden.", detail: "needs `user:read_personal`: role: none of your roles allows it here" },
  },
  {
    what: "a refusal by the store without one",
    error: new ForbiddenError("update", "template"),
    status: 403,
    body: { message: "Forbidden." },
  },
  { what: "full logs", error: new LogQuotaExceededError(), status: 413, body: { message: expect.stringMatching(/1 MiB\.$/) } },
  {
    what: "a taken name",
    error: new NameTakenError("template", "name", "house"),
    status: 409,
    body: { message: 'A template with name "house" already exists.', validations: [{ field: "name", detail: expect.any(String) }] },
  },
  {
    what: "a taken name of what begins with a vowel",
    error: new NameTakenError("organization", "name", "moon"),
    status: 409,
    body: { message: 'An organization with name "moon" already exists.', validations: [{ field: "name", detail: expect.any(String) }] },
  },
  {
    what: "a taken name of a user",
    error: new NameTakenError("user", "username", "ada"),
    status: 409,
    body: { message: 'A user with username "ada" already exists.', validations: [{ field: "username", detail: expect.any(String) }] },
  },
  {
    what: "a full disk",
    error: new StoreUnavailableError("the disk is full"),
    status: 503,
    body: { message: "The database is unavailable: the disk is full." },
  },
  {
    what: "wrong input",
    error: new InvalidInputError("validation failed", [{ field: "name", detail: "Too long." }]),
    status: 400,
    body: { message: "Validation failed.", validations: [{ field: "name", detail: "Too long." }] },
  },
  { what: "an answer of HTTP's own", error: new HttpError(410, { message: "Gone." }), status: 410, body: { message: "Gone." } },
]) {
  test(`${what} becomes ${status}`, () => expect(toProblem(error, quiet)).toEqual({ status, body }));
}

test("missing and hidden objects get the same answer, whatever they are", () => {
  const hidden = new NotFoundError("template", { cause: denial() });
  expect(toProblem(hidden, quiet)).toEqual(toProblem(new NotFoundError("workspace"), quiet));
});

test("an unexpected error is logged in full, and the answer reveals nothing", () => {
  const logged: unknown[] = [];
  const error = new Error("the database password is hunter2", { cause: new Error("deeper") });
  const problem = toProblem(error, { ...quiet, error: (line: unknown) => void logged.push(line) });
  expect(problem).toEqual({ status: 500, body: { message: "An internal server error occurred." } });
  expect(logged).toEqual([{ err: error }]);
  expect(toProblem("a string", quiet).status).toBe(500);
});

test("a secret in a message is removed from the answer", () => {
  const secret = formatSecret("agent");
  expect(JSON.stringify(toProblem(new InvalidInputError(`cannot read ${secret}`), quiet))).not.toContain(secret);
});
