import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LogSchema } from "#proto/gen/provisionerd_pb.js";
import { newLines } from "./new-lines.ts";

const update = (firstLog: number | bigint, ...outputs: string[]) => ({
  firstLog: BigInt(firstLog),
  logs: outputs.map((output) => create(LogSchema, { output })),
});
const taking = (given: ReturnType<typeof update>, taken: number) => {
  const found = newLines(given, taken);
  return [found.lines.map(({ output }) => output), found.taken];
};

for (const { when, given, taken, expected } of [
  { when: "lines without numbers are new", given: update(0, "a", "b"), taken: 7, expected: [["a", "b"], 7] },
  { when: "the first lines are new", given: update(1, "a", "b"), taken: 0, expected: [["a", "b"], 2] },
  { when: "lines that are there already are not", given: update(1, "a", "b"), taken: 2, expected: [[], 2] },
  { when: "of a batch that has grown since, the rest is new", given: update(2, "b", "c"), taken: 2, expected: [["c"], 3] },
  { when: "older lines than the last ones are not new", given: update(1, "a"), taken: 9, expected: [[], 9] },
  { when: "lines after a gap are new", given: update(5, "e"), taken: 2, expected: [["e"], 5] },
  { when: "a number without a line changes nothing", given: update(3), taken: 2, expected: [[], 2] },
  { when: "a number far ahead without a line skips what it says", given: update(9), taken: 2, expected: [[], 8] },
])
  test(when, () => expect(taking(given, taken)).toEqual(expected));

test("a number that no line can have is refused", () => {
  for (const wrong of [-1n, BigInt(Number.MAX_SAFE_INTEGER), 1n << 62n])
    expect(() => newLines(update(wrong, "a"), 0)).toThrow("not a valid number");
});

test("however a log is cut into updates and however often they are repeated, each line is taken once and in order", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ size: fc.nat(4), repeats: fc.nat(2), overlap: fc.nat(3) }), { maxLength: 20 }), (cuts) => {
      let [sent, taken] = [0, 0];
      const kept: string[] = [];
      for (const { size, repeats, overlap } of cuts) {
        const from = Math.max(0, sent - overlap);
        sent += size;
        const outputs = Array.from({ length: sent - from }, (_, index) => String(from + index + 1));
        for (let n = 0; n <= repeats; n++) {
          const found = newLines(update(from + 1, ...outputs), taken);
          taken = found.taken;
          kept.push(...found.lines.map(({ output }) => output));
        }
      }
      expect(kept).toEqual(Array.from({ length: sent }, (_, index) => String(index + 1)));
    }),
  );
});
