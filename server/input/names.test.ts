import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../errors.ts";
import { FieldChecks } from "./names.ts";

type Check = (checks: FieldChecks) => FieldChecks;

/** The fields that a check found wrong. */
function wrong(check: Check): string[] {
  try {
    check(new FieldChecks()).done();
  } catch (error) {
    if (error instanceof InvalidInputError) return error.fields.map(({ field }) => field);
    throw error;
  }
  return [];
}

const KINDS: readonly { kind: string; of: (value: string) => Check; good: readonly string[]; bad: readonly string[] }[] = [
  { kind: "name", of: (value) => (checks) => checks.name("f", value), good: ["ann", "A-1"], bad: ["", "a b", "new", "x".repeat(33)] },
  {
    kind: "version's name",
    of: (value) => (checks) => checks.templateVersionName("f", value),
    good: ["v1.2.3", "a_b-c", "x".repeat(64)],
    bad: ["", "-a", "a..b", "a b", "x".repeat(65)],
  },
  {
    kind: "provisioner key's name",
    of: (value) => (checks) => checks.provisionerKeyName("f", value),
    good: ["key-1", "x".repeat(64)],
    bad: ["", "a_b", "a--b", "x".repeat(65), "built-in", "PSK", "user-auth"],
  },
  {
    kind: "display name",
    of: (value) => (checks) => checks.displayName("f", value),
    good: ["", "My Lab!", "x".repeat(64)],
    bad: [" a", "a\n", "x".repeat(65)],
  },
  {
    kind: "real name",
    of: (value) => (checks) => checks.realName("f", value),
    good: ["", "Zoë Å.", "x".repeat(128)],
    bad: [" a", "a ", "x".repeat(129)],
  },
  {
    kind: "image's address",
    of: (value) => (checks) => checks.imageAddress("f", value),
    good: ["", "/emojis/1f3e0.png", "https://example.com/a.png", "http://example.com/a.png"],
    bad: ["//example.com/a.png", "/\\example.com", "javascript:alert(1)", "data:image/png;base64,AA", "a.png", `/${"x".repeat(2_048)}`],
  },
  {
    kind: "e-mail address",
    of: (value) => (checks) => checks.email("f", value),
    good: ["ann@example.com", "a.b+c@x"],
    bad: ["", "ann", "a@b@c", "a b@c", "Ann <ann@example.com>", `${"x".repeat(254)}@a`],
  },
];
for (const { kind, of, good, bad } of KINDS)
  describe(`a ${kind}`, () => {
    test.each(good)("may be %j", (value) => expect(wrong(of(value))).toEqual([]));
    test.each(bad)("may not be %j", (value) => expect(wrong(of(value))).toEqual(["f"]));
  });

test("a duration is none, never, or a minute at least", () => {
  for (const ms of [undefined, 0, 60_000])
    expect(
      wrong((checks) => checks.durationMs("f", ms)),
      `${ms}`,
    ).toEqual([]);
  for (const ms of [-1, 1, 59_999])
    expect(
      wrong((checks) => checks.durationMs("f", ms)),
      `${ms}`,
    ).toEqual(["f"]);
});

test("all that is wrong is told at once, in the order in which it was looked at", () => {
  expect(wrong((checks) => checks.name("name", "").email("email", "").add("roles", "None."))).toEqual(["name", "email", "roles"]);
});
