import { expect, test } from "vitest";
import { canariesIn } from "./forms.ts";

const CANARY = { name: "key", text: "a-secret-of-some-length" };

test.for([0, 1, 2, 3])("a secret is found %i bytes into base64, in hexadecimal and as it is", (before) => {
  const around = `${"x".repeat(before)}${CANARY.text}yz`;
  for (const found of [around, Buffer.from(around).toString("base64"), Buffer.from(around).toString("hex"), Buffer.from(around)])
    expect(canariesIn(found, [CANARY])).toEqual(["key"]);
});

test("a part of a secret is none", () => {
  expect(canariesIn(CANARY.text.slice(0, -1), [CANARY])).toEqual([]);
});
