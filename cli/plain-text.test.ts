import { expect, test } from "vitest";
import { plainText } from "./plain-text.ts";

for (const { given, shown } of [
  { given: "\x1b]52;c;cm0gLXJmIH4=\x07", shown: "\\x1b]52;c;cm0gLXJmIH4=\\x07" },
  { given: "\x9b2J", shown: "\\x9b2J" },
  { given: "done\r\x1b[Aall is well", shown: "done\\x0d\\x1b[Aall is well" },
  { given: "│ ünïcode\tand\nlines 🙂", shown: "│ ünïcode\tand\nlines 🙂" },
]) {
  test(`shows ${JSON.stringify(given)} without obeying it`, () => expect(plainText(given)).toBe(shown));
}
