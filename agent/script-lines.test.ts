import fc from "fast-check";
import { expect, test } from "vitest";
import { scriptLines } from "#agent/script-lines.ts";

function split(...pieces: readonly (string | Uint8Array)[]): string[] {
  const lines: string[] = [];
  const splitter = scriptLines((line) => lines.push(line));
  for (const piece of pieces) splitter.write(Buffer.from(piece));
  splitter.end();
  return lines;
}

for (const { name, pieces, lines } of [
  { name: "lines", pieces: ["a\nb\n"], lines: ["a", "b"] },
  { name: "an unfinished line", pieces: ["a\nb"], lines: ["a", "b"] },
  { name: "one CR at the end", pieces: ["a\r\nb\r\r\n\r\n"], lines: ["a", "b\r", ""] },
  { name: "nothing", pieces: [""], lines: [] },
  { name: "no UTF-8", pieces: [new Uint8Array([0x61, 0xff, 0x00, 0x62])], lines: ["a\u274c\u274cb"] },
  { name: "half a character at the end", pieces: [new Uint8Array([0xc3])], lines: ["\u274c"] },
]) {
  test(`splits ${name}`, () => expect(split(...pieces)).toEqual(lines));
}

test("it does not matter where the bytes are cut", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(), fc.nat(), (text, left, right) => {
      const bytes = Buffer.from(text);
      const [first, second] = [left % (bytes.length + 1), right % (bytes.length + 1)].sort((a, b) => a - b);
      expect(split(bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second))).toEqual(split(bytes));
    }),
  );
});

test("a line without an end does not wait for ever", () => {
  const lines = split("x".repeat(600_000), "y".repeat(10));
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.join("")).toHaveLength(600_010);
});
