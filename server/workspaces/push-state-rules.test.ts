import { expect, test } from "vitest";
import type { StateVersion } from "#tfstate/compare-states.ts";
import { StateScanner } from "#tfstate/scan-state.ts";
import { InvalidInputError, StateConflictError } from "../errors.ts";
import { checkPushedState, conflictOf, type Origins } from "./push-state-rules.ts";

test("what is no state is refused with the reason", () => {
  const check = (text: string) => {
    const scanner = new StateScanner();
    scanner.push(Buffer.from(text));
    checkPushedState({ sizeBytes: text.length, scan: scanner.end(), isOutOfOrder: false });
  };
  expect(() => check('{"version": 4, "serial": 1, "lineage": "a"}')).not.toThrow();
  expect(() => check('{"version": 4')).toThrow(InvalidInputError);
  expect(() => check('{"version": 4')).toThrow("the state is not whole: it was cut off after 13 bytes");
});

const own: Origins = { earlier: undefined, isOfAnother: false };
const at = (serial: number, lineage = "a", sha256 = `${serial}`): StateVersion => ({ serial, lineage, sha256 });

for (const { what, stored, pushed, origins, message } of [
  { what: "where there is none", stored: undefined, pushed: at(1), origins: own, message: undefined },
  {
    what: "where there is none, after one of its lineage",
    stored: undefined,
    pushed: at(1),
    origins: { ...own, earlier: "a" },
    message: undefined,
  },
  {
    what: "where there is none, after one of another lineage",
    stored: undefined,
    pushed: at(9, "b"),
    origins: { ...own, earlier: "a" },
    message: /^the pushed state has lineage "b", and the last state of an earlier build .* has lineage "a".* Push the file that.*`--force`/,
  },
  {
    what: "another workspace's where there is none",
    stored: undefined,
    pushed: at(1),
    origins: { ...own, isOfAnother: true },
    message: /^the pushed state has lineage "a", as a state of another workspace has: .* Push the file that belongs.*`--force`/,
  },
  {
    what: "another workspace's where an earlier one has its lineage too",
    stored: undefined,
    pushed: at(1),
    origins: { earlier: "a", isOfAnother: true },
    message: /as a state of another workspace has/,
  },
  {
    what: "another workspace's over what is no state",
    stored: { serial: undefined, lineage: undefined, sha256: "x" },
    pushed: at(1),
    origins: { ...own, isOfAnother: true },
    message: /as a state of another workspace has/,
  },
  { what: "a newer one", stored: at(1), pushed: at(2), message: undefined },
  { what: "the same", stored: at(1), pushed: at(1), message: undefined },
  {
    what: "over what is no state",
    stored: { serial: undefined, lineage: undefined, sha256: "x" },
    pushed: at(1),
    origins: own,
    message: undefined,
  },
  {
    what: "an older one",
    stored: at(7),
    pushed: at(4),
    message: /^the pushed state has serial 4, and the stored state of build 3 is newer: it has serial 7\. Compare .*`--force` only if/,
  },
  {
    what: "one of the same serial",
    stored: at(7),
    pushed: at(7, "a", "other"),
    message: /^the pushed state has serial 7, as the stored state of build 3 has, but other contents\. Compare .*`--force`/,
  },
  {
    what: "one of another lineage",
    stored: at(1),
    pushed: at(9, "b"),
    message: /^the pushed state has lineage "b", and the stored state of build 3 has lineage "a".* Push the file that belongs.*`--force`/,
  },
]) {
  test(`pushing ${what} is ${message === undefined ? "fine" : "a conflict"}`, () => {
    const conflict = conflictOf({ stored, pushed, buildNumber: 3, origins });
    if (message === undefined) expect(conflict).toBeUndefined();
    else {
      expect(conflict).toBeInstanceOf(StateConflictError);
      expect(conflict?.message).toMatch(message);
    }
  });
}
