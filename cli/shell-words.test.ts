import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { shellWords } from "./shell-words.ts";

test("leaves plain words as they are, and quotes the others", () => {
  expect(shellWords(["proviso", "--allow", "workspace:*", "--scope", "coder:all", "it's", ""])).toBe(
    `proviso --allow 'workspace:*' --scope coder:all 'it'\\''s' ''`,
  );
});

test("a shell reads back the words that were written", () => {
  const word = fc.string({ unit: fc.constantFrom(..."a1 '\"$`\\*?~#;&|<>(){}[]!\n\t-é") });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
      const read = execFileSync("sh", ["-c", `printf '%s\\0' ${shellWords(words)}`], { encoding: "utf8" });
      expect(read.split("\0").slice(0, -1)).toEqual(words);
    }),
    { numRuns: 50 },
  );
});
