import fc from "fast-check";
import { expect, test } from "vitest";
import { compareStates, type StateVersion } from "./compare-states.ts";

const at = (serial: number | undefined, lineage: string | undefined = "a", sha256 = `${serial} of ${lineage}`): StateVersion => ({
  serial,
  lineage,
  sha256,
});

for (const { what, stored, offered, order } of [
  { what: "the same bytes", stored: at(3), offered: at(3), order: "same" },
  { what: "the same bytes that say nothing", stored: at(undefined), offered: at(undefined), order: "same" },
  { what: "a higher serial", stored: at(3), offered: at(4), order: "newer" },
  { what: "a lower serial", stored: at(3), offered: at(2), order: "older" },
  { what: "the same serial with other bytes", stored: at(3), offered: at(3, "a", "other"), order: "conflict" },
  { what: "another lineage, whatever its serial", stored: at(3), offered: at(9, "b"), order: "other_lineage" },
  { what: "another lineage without a serial", stored: at(3), offered: at(undefined, "b"), order: "other_lineage" },
  { what: "no serial", stored: at(3), offered: at(undefined), order: "unknown" },
  { what: "no lineage", stored: { serial: 3, lineage: undefined, sha256: "x" }, offered: at(4), order: "unknown" },
] as const) {
  test(`${what}: ${order}`, () => expect(compareStates(stored, offered)).toBe(order));
}

test("swapping the two swaps newer and older, and changes nothing else", () => {
  const versions = fc.record({
    serial: fc.option(fc.nat(3), { nil: undefined }),
    lineage: fc.option(fc.constantFrom("a", "b"), { nil: undefined }),
    sha256: fc.constantFrom("1", "2"),
  });
  const swapped = { newer: "older", older: "newer" } as const;
  fc.assert(
    fc.property(versions, versions, (left, right) => {
      const order = compareStates(left, right);
      expect(compareStates(right, left)).toBe(order === "newer" || order === "older" ? swapped[order] : order);
    }),
  );
});
