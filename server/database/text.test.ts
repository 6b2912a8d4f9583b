import { expect, test } from "vitest";
import { cleanText } from "./text.ts";

test("text is what every database takes: no zero bytes, no half characters, and otherwise itself", () => {
  expect(cleanText("a\0b\0")).toBe("a\u{FFFD}b\u{FFFD}");
  expect(cleanText("a\ud800b")).toBe("a\u{FFFD}b");
  expect(cleanText("\u{1f3e0} ä\n")).toBe("\u{1f3e0} ä\n");
});
