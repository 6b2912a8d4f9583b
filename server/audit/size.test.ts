import { expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { boundedFields, boundedText, boundedValue } from "./size.ts";

test("cuts off long text, and removes what a database refuses", () => {
  expect(boundedText("x".repeat(300), 256)).toBe(`${"x".repeat(255)}…`);
  expect(boundedText("x".repeat(256), 256)).toHaveLength(256);
  const cut = boundedText(`${"x".repeat(254)}😀${"x".repeat(9)}`, 256);
  expect([cut.isWellFormed(), cut.length]).toEqual([true, 256]);
  expect(boundedText("a\0b\ud800")).toBe("ab\ufffd");
});

test("keeps small values as they are, and cuts large ones to text", () => {
  const small = { a: ["b", 1, null], c: "back\\u0000slash" };
  expect(boundedValue(small)).toEqual(small);
  expect(boundedValue({ a: ["x\0y"] })).toEqual({ a: ["xy"] });
  expect(boundedValue(Array.from({ length: 1_000 }, () => "workspace:*"))).toSatisfy(
    (value) => typeof value === "string" && value.length === 1_024,
  );
  expect(boundedValue(undefined)).toBeNull();
});

test("our own secrets are removed, wherever they are", () => {
  const secret = formatSecret("token");
  for (const value of [secret, [secret], { note: `mine is ${secret}` }]) expect(JSON.stringify(boundedValue(value))).not.toContain(secret);
});

test("says which fields were too much", () => {
  const fields = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`f${index}`, "x".repeat(1_000)]));
  const kept = boundedFields(fields);
  expect(Object.keys(kept)).toHaveLength(9);
  expect(kept.left_out).toBe("f8, f9, f10, f11");
});
