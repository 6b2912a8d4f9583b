import fc from "fast-check";
import { expect, test } from "vitest";
import { compileGoRegexp } from "./regexp.ts";

for (const { pattern, text, found } of [
  { pattern: "nan", text: "banana", found: true },
  { pattern: "^nan", text: "banana", found: false },
  { pattern: "^.$", text: "😀", found: true },
  { pattern: "^a.b$", text: "a\nb", found: false },
  { pattern: "(?s)^a.b$", text: "a\nb", found: true },
  { pattern: "^b$", text: "a\nb", found: false },
  { pattern: "(?m)^b$", text: "a\nb", found: true },
  { pattern: "a$", text: "a\n", found: false },
  { pattern: "(?i)^straße$", text: "STRAßE", found: true },
  { pattern: "^\\w+$", text: "é", found: false },
  { pattern: "^\\pL+$", text: "éα", found: true },
  { pattern: "^[[:alpha:]]+$", text: "abc", found: true },
  { pattern: "^(?P<name>a)\\z", text: "a", found: true },
  { pattern: "", text: "", found: true },
]) {
  test(`${pattern} is ${found ? "" : "not "}in ${JSON.stringify(text)}`, async () => {
    expect((await compileGoRegexp(pattern)).matches(text)).toBe(found);
  });
}

for (const { pattern, says } of [
  { pattern: "(", says: "error parsing regexp: missing closing ): `(`" },
  { pattern: "a)", says: "error parsing regexp: unexpected ): `a)`" },
  { pattern: "*", says: "error parsing regexp: missing argument to repetition operator: `*`" },
  { pattern: "a**", says: "error parsing regexp: invalid nested repetition operator: `**`" },
  { pattern: "a{1001}", says: "error parsing regexp: invalid repeat count: `{1001}`" },
  { pattern: "(a{100}){100}", says: "error parsing regexp: invalid repeat count: `{100}`" },
  { pattern: "[z-a]", says: "error parsing regexp: invalid character class range: `z-a`" },
  { pattern: "[a", says: "error parsing regexp: missing closing ]: `[a`" },
  { pattern: "(?=a)", says: "error parsing regexp: invalid or unsupported Perl syntax: `(?=`" },
  { pattern: "\\1", says: "error parsing regexp: invalid escape sequence: `\\1`" },
  { pattern: "\\", says: "error parsing regexp: trailing backslash at end of expression" },
  { pattern: "(".repeat(2_000) + ")".repeat(2_000), says: "error parsing regexp: expression nests too deeply" },
]) {
  test(`does not compile ${pattern.slice(0, 20)}`, async () => {
    await expect(compileGoRegexp(pattern)).rejects.toThrow(new SyntaxError(says));
  });
}

test("finds a text that is quoted exactly where it is contained", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 3 }), fc.string(), async (part, text) => {
      const quoted = part.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");
      expect((await compileGoRegexp(quoted)).matches(text)).toBe(text.includes(part));
    }),
  );
});

for (const { pattern, size } of [
  { pattern: "^(a+)+$", size: "small" },
  { pattern: "^(a*)*$", size: "small" },
  { pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", size: "small" },
  { pattern: "(a|b)*a(a|b){200}[^ab]$", size: "small" },
  { pattern: "(a?b?){900}[^ab]", size: "large" },
])
  test(`${pattern} in a hundred thousand letters is ${size === "small" ? "looked for, in linear time" : "too much"}`, async () => {
    const { matches, isTooMuchFor } = await compileGoRegexp(pattern);
    const text = `${"a".repeat(100_000)}b`;
    expect(isTooMuchFor(text)).toBe(size === "large");
    if (size === "small") expect(matches(text)).toBe(false);
    expect(isTooMuchFor("a".repeat(1_000))).toBe(false);
  });
