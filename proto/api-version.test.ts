import { expect, test } from "vitest";
import { acceptVersion } from "#proto/api-version.ts";

for (const { theirs, kind } of [
  { theirs: "1.19", kind: "accepted" },
  { theirs: "1.0", kind: "accepted" },
  { theirs: undefined, kind: "accepted" },
  { theirs: "1.20", kind: "refused" },
  { theirs: "2.0", kind: "refused" },
  { theirs: "0.9", kind: "refused" },
  { theirs: "1", kind: "refused" },
  { theirs: "1.19.0", kind: "refused" },
  { theirs: "", kind: "refused" },
  { theirs: "one.two", kind: "refused" },
]) {
  test(`${theirs ?? "no version"} is ${kind} by 1.19`, () => expect(acceptVersion(theirs, "1.19").kind).toBe(kind));
}
