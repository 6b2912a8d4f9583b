import { expect, test } from "vitest";
import { UniqueViolationError } from "../database/failures.ts";
import { NameTakenError } from "../errors.ts";
import { nameTaken } from "./name-taken.ts";

test("two rows of one name are a name that is taken, and any other failure stays what it is", () => {
  const violation = new UniqueViolationError("templates.name");
  expect(() => nameTaken("template", "dev")(violation)).toThrow(NameTakenError);
  expect(() => nameTaken("template", "dev")(violation)).toThrow(expect.objectContaining({ field: "name", cause: violation }));
  const other = new Error("the disk is full");
  expect(() => nameTaken("template", "dev")(other)).toThrow(other);
});
