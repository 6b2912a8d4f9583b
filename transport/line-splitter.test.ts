import { expect, test } from "vitest";
import { LineSplitter } from "./line-splitter.ts";

function split(longest: number | undefined, ...pieces: readonly (string | Uint8Array)[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line), longest === undefined ? {} : { longest });
  for (const piece of pieces) splitter.write(Buffer.from(piece));
  splitter.end();
  return lines;
}

for (const { name, longest, pieces, lines } of [
  {
    name: "keeps whole characters, empty lines and the last line",
    pieces: ["a\r\nb\n\n", [0xc3], [0xa9, 0x78]],
    lines: ["a", "b", "", "éx"],
  },
  { name: "marks what is not UTF-8", pieces: [[0x61, 0xff]], lines: ["a\ufffd"] },
  { name: "cuts a line that is longer than allowed", longest: 4, pieces: ["abcdefghij\nk\n"], lines: ["abcd", "efgh", "ij", "k"] },
  { name: "does not wait for the end of a line that is too long already", longest: 4, pieces: ["abcde", "f\n"], lines: ["abcd", "e", "f"] },
]) {
  test(name, () =>
    expect(split(longest, ...pieces.map((piece) => (typeof piece === "string" ? piece : Uint8Array.from(piece))))).toEqual(lines),
  );
}

test("a long line without a limit stays in one piece", () => {
  const long = "x".repeat(600_000);
  expect(split(undefined, long.slice(0, 300_000), long.slice(300_000))).toEqual([long]);
});

test("a long line in many pieces takes linear time", () => {
  const piece = "x".repeat(1_000);
  const startedAt = performance.now();
  expect(split(undefined, ...Array(50_000).fill(piece))[0]).toHaveLength(50_000_000);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});
