import { expect, test } from "vitest";
import { StatusError } from "#proto/status.ts";
import {
  CredentialEndedError,
  type DomainError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  StoreUnavailableError,
} from "../errors.ts";
import { toStatus } from "./domain-status.ts";

for (const { error, code } of [
  { error: new NotFoundError("job"), code: "NOT_FOUND" },
  { error: new ForbiddenError("update", "workspace"), code: "PERMISSION_DENIED" },
  { error: new InvalidInputError("no name"), code: "INVALID_ARGUMENT" },
  { error: new CredentialEndedError(), code: "UNAUTHENTICATED" },
  { error: new StoreUnavailableError("it is locked"), code: "UNAVAILABLE" },
] satisfies readonly { error: DomainError; code: string }[])
  test(`${error.name} becomes ${code}, with its message and its cause`, () => {
    const status = toStatus(error);
    expect(status).toBeInstanceOf(StatusError);
    expect(status).toMatchObject({ code, message: expect.stringContaining(error.message), cause: error });
  });

test("anything else passes through", () => {
  const error = new Error("a bug");
  expect(toStatus(error)).toBe(error);
  expect(toStatus("text")).toBe("text");
});
