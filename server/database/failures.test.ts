import { describe, expect, test } from "vitest";
import { InvalidInputError, StoreUnavailableError } from "../errors.ts";
import { MissingReferenceError, translatePostgresError, translateSqliteError, UniqueViolationError } from "./failures.ts";

function failure(code: string | undefined, message = "it failed", more: object = {}): Error {
  return Object.assign(new Error(message), code !== undefined && { code }, more);
}

describe("SQLite", () => {
  for (const { code, kind } of [
    { code: "SQLITE_CONSTRAINT_FOREIGNKEY", kind: MissingReferenceError },
    { code: "SQLITE_FULL", kind: StoreUnavailableError },
    { code: "SQLITE_BUSY", kind: StoreUnavailableError },
    { code: "SQLITE_BUSY_SNAPSHOT", kind: StoreUnavailableError },
    { code: "SQLITE_IOERR_FSYNC", kind: StoreUnavailableError },
  ])
    test(`${code} is a ${kind.name}, with its cause`, () => {
      const error = failure(code);
      expect(translateSqliteError(error)).toBeInstanceOf(kind);
      expect(translateSqliteError(error)).toMatchObject({ cause: error });
    });

  test("two rows of one value are told with table and columns", () => {
    const error = failure("SQLITE_CONSTRAINT_UNIQUE", "UNIQUE constraint failed: users.username");
    expect(translateSqliteError(error)).toMatchObject({ name: "UniqueViolationError", constraint: "users.username" });
    expect(translateSqliteError(failure("SQLITE_CONSTRAINT_PRIMARYKEY"))).toBeInstanceOf(UniqueViolationError);
  });

  test("anything else passes through", () => {
    for (const error of [failure("SQLITE_ERROR"), failure(undefined), "text", undefined]) expect(translateSqliteError(error)).toBe(error);
  });
});

describe("PostgreSQL", () => {
  for (const { code, kind } of [
    { code: "23503", kind: MissingReferenceError },
    { code: "22021", kind: InvalidInputError },
    { code: "22P05", kind: InvalidInputError },
    { code: "40P01", kind: StoreUnavailableError },
    { code: "53300", kind: StoreUnavailableError },
    { code: "57P01", kind: StoreUnavailableError },
    { code: "ECONNREFUSED", kind: StoreUnavailableError },
  ])
    test(`${code} is a ${kind.name}, with its cause`, () => {
      const error = failure(code);
      expect(translatePostgresError(error)).toBeInstanceOf(kind);
      expect(translatePostgresError(error)).toMatchObject({ cause: error });
    });

  test("a code counts before its class", () => {
    const messageOf = (code: string) => Object(translatePostgresError(failure(code))).message;
    expect(messageOf("53100")).not.toBe(messageOf("53300"));
  });

  test("two rows of one value are told with the index", () => {
    const error = failure("23505", "duplicate key", { constraint: "users_username_key" });
    expect(translatePostgresError(error)).toMatchObject({ name: "UniqueViolationError", constraint: "users_username_key" });
  });

  test("the driver's own failures, which have no code, are known by their words", () => {
    expect(translatePostgresError(failure(undefined, "Connection terminated unexpectedly"))).toBeInstanceOf(StoreUnavailableError);
  });

  test("anything else passes through", () => {
    for (const error of [failure("42601"), failure(undefined), "text"]) expect(translatePostgresError(error)).toBe(error);
  });
});
