import { expect, test } from "vitest";
import { FULL_SCOPE } from "#authz/scope.ts";
import { type Subject, SYSTEM, userSubject } from "#authz/subject.ts";
import { ANN, BOB } from "../tokens/keys.fixture.ts";
import { actingUser } from "./acting-user.ts";
import type { Context } from "./context.ts";
import { createGuard } from "./guard.ts";

/** Only who asks is looked at. */
const contextOf = (subject: Subject) => ({ guard: createGuard(subject) }) as Context;

test("a user acts in its own name, whatever name is given", () => {
  const ann = userSubject({ id: ANN, roles: [], groups: [], scope: FULL_SCOPE });
  expect([actingUser(contextOf(ann), undefined), actingUser(contextOf(ann), BOB)]).toEqual([ANN, ANN]);
});

test("the server itself acts in the name that it gives, and must give one", () => {
  expect(actingUser(contextOf(SYSTEM), BOB)).toBe(BOB);
  expect(() => actingUser(contextOf(SYSTEM), undefined)).toThrow(TypeError);
});
