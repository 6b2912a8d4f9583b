import { expect, test } from "vitest";
import { InvalidInputError } from "../errors.ts";
import { checkKeyName } from "./provisioner-key-rules.ts";

for (const name of ["built-in", "User-Auth", "PSK"])
  test(`the name ${name} is reserved`, () => expect(() => checkKeyName(name)).toThrow(InvalidInputError));

test("any other name is allowed", () => expect(checkKeyName("build-farm")).toBeUndefined());
