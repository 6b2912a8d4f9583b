import { UniqueViolationError } from "../database/failures.ts";
import { NameTakenError } from "../errors.ts";

/** For `catch` on a write that gives a name: turns the violation of its uniqueness into {@link NameTakenError}, and throws the rest on. */
export function nameTaken(kind: "template" | "template version", name: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof UniqueViolationError ? new NameTakenError(kind, "name", name, { cause: error }) : error;
  };
}
