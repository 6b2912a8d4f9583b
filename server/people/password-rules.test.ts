import { expect, test } from "vitest";
import { FULL_SCOPE } from "#authz/scope.ts";
import { SYSTEM, userSubject } from "#authz/subject.ts";
import { InvalidInputError, NotAllowedError } from "../errors.ts";
import { passwordEntropyBits, passwordProblem, requirePasswordToFit, requireWholeUser } from "./password-rules.ts";

for (const { password, isStrong } of [
  { password: "SomeSecurePassword!", isStrong: true },
  { password: "proviso-demo-4711", isStrong: true },
  { password: "password", isStrong: false },
  { password: "aaaaaaaaaaaaaaaaaaaaaaaa", isStrong: false },
  { password: "1234567890123", isStrong: false },
  { password: "qwertyuiop", isStrong: false },
  { password: "", isStrong: false },
  { password: "äöüßÄÖÜ€", isStrong: false },
  { password: `${"Ab1!".repeat(16)}x`, isStrong: false },
]) {
  test(`${password || "nothing"} is ${isStrong ? "strong enough" : "refused"}`, () =>
    expect(passwordProblem(password) === undefined).toBe(isStrong));
}

test("counts two of each run", () => {
  expect(passwordEntropyBits("abcdef")).toBeCloseTo(2 * Math.log2(26));
  expect(passwordEntropyBits("fedcba")).toBeCloseTo(2 * Math.log2(26));
  expect(passwordEntropyBits("aaaa")).toBeCloseTo(2 * Math.log2(26));
  expect(passwordEntropyBits("adgj")).toBeCloseTo(4 * Math.log2(26));
});

test("users with login type password have a password, and no others", () => {
  requirePasswordToFit({ loginType: "password", password: "x" });
  requirePasswordToFit({ loginType: "none" });
  expect(() => requirePasswordToFit({ loginType: "password" })).toThrow(InvalidInputError);
  expect(() => requirePasswordToFit({ loginType: "none", password: "x" })).toThrow(InvalidInputError);
});

const ann = { id: "ann", roles: [], groups: [], scope: FULL_SCOPE };

for (const { who, subject } of [
  { who: "the server itself", subject: SYSTEM },
  { who: "a session", subject: userSubject({ ...ann, credential: { kind: "session", id: "k" } }) },
  { who: "a token for everything", subject: userSubject(ann) },
]) {
  test(`${who} may choose a password`, () => requireWholeUser(subject));
}

for (const { who, subject } of [
  { who: "a token with another scope", subject: userSubject({ ...ann, scope: { ...FULL_SCOPE, names: ["user:*"] } }) },
  { who: "a token for some objects", subject: userSubject({ ...ann, scope: { ...FULL_SCOPE, allowList: [{ type: "user", id: "ann" }] } }) },
  { who: "a token that another token made", subject: userSubject({ ...ann, ceilings: [FULL_SCOPE] }) },
  { who: "an agent", subject: userSubject({ ...ann, credential: { kind: "agent", id: "a" } }) },
]) {
  test(`${who} may not choose a password`, () => expect(() => requireWholeUser(subject)).toThrow(NotAllowedError));
}
