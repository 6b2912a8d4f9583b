import fc from "fast-check";
import { expect, test } from "vitest";
import { isGoFloat } from "./parse-float.ts";

for (const text of [
  "0",
  "-0",
  "+1.5",
  "1.",
  ".5",
  "1e5",
  "1E-5",
  "1e-400",
  "1_000.2_5e1_0",
  "0_1",
  "Inf",
  "-iNfInItY",
  "+inf",
  "NaN",
  "nAn",
  "0x1p0",
  "0X_1.8P+1_0",
  "0x.8p-2",
  "-0x1.fffffffffffffp1023",
  "0x1.fffffffffffff7p1023",
  "0x10p1019",
  "0x0p99999",
  "1.7976931348623157e308",
  "1.7976931348623158e308",
]) {
  test(`reads ${text}`, () => expect(isGoFloat(text)).toBe(true));
}

for (const text of [
  "",
  " ",
  " 1",
  "1 ",
  "1\n",
  "+",
  ".",
  "e5",
  "1e",
  "1e+",
  "1.2.3",
  "1,5",
  "--1",
  "_1",
  "1_",
  "1__0",
  "1_.5",
  "1._5",
  "1_e5",
  "1e_5",
  "infin",
  "infinityx",
  "+nan",
  "-NaN",
  "0x",
  "0x1",
  "0x1.8",
  "0xp1",
  "0x.p1",
  "0x1p",
  "0x1_p1",
  "0x1p_1",
  "0x_.8p1",
  "0x1p0x1",
  "0b1",
  "1f",
  "١",
  "ınf",
  "1e309",
  "1.7976931348623159e308",
  "0x1p1024",
  "0x1.fffffffffffff8p1023",
  "0x2p1023",
]) {
  test(`does not read ${JSON.stringify(text)}`, () => expect(isGoFloat(text)).toBe(false));
}

test("reads every double in the forms that are usual", () => {
  fc.assert(
    fc.property(fc.double(), (value) =>
      [String(value), value.toExponential(), value.toPrecision(17)].every((text) => isGoFloat(text) || /^-NaN/.test(text)),
    ),
  );
});

test("underscores do not matter where they stand between digits, and are an error elsewhere", () => {
  const letters = fc.constantFrom(..."0123456789abcdefxXpPeE.+-_");
  fc.assert(
    fc.property(fc.string({ unit: letters, maxLength: 12 }), (text) => {
      const isHex = /^[+-]?0x/i.test(text);
      const [digit, before] = isHex ? [/[0-9a-f]/i, /[0-9a-fx]/i] : [/\d/, /\d/];
      const inPlace = [...text].every(
        (letter, at) => letter !== "_" || (before.test(text[at - 1] ?? "") && digit.test(text[at + 1] ?? "")),
      );
      const isPlainHex = /^[+-]?0x([\da-f]+\.?[\da-f]*|\.[\da-f]+)p[+-]?\d+$/i;
      const bare = text.replaceAll("_", "");
      const reads = isHex ? isPlainHex.test(bare) : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(bare);
      const exponent = Number(/[ep]([+-]?\d+)$/i.exec(bare)?.[1] ?? 0);
      fc.pre(exponent < 280); // Other tests tell what is too large.
      return isGoFloat(text) === (inPlace && reads);
    }),
    { numRuns: 2_000 },
  );
});

test("a hexadecimal number fits exactly when its double does", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 70n }), fc.integer({ min: 940, max: 1030 }), (mantissa, exponent) => {
      // A JavaScript number of a BigInt is rounded to even as Go rounds.
      const fits = Number.isFinite(Number(mantissa << BigInt(exponent)));
      return isGoFloat(`0x${mantissa.toString(16)}p${exponent}`) === fits;
    }),
  );
});

test("takes a text of ten megabytes in stride", () => {
  expect(isGoFloat("9".repeat(10_000_000))).toBe(false);
  expect(isGoFloat(`0.${"9".repeat(10_000_000)}`)).toBe(true);
  expect(isGoFloat(`${"1_".repeat(5_000_000)}x`)).toBe(false);
  expect(isGoFloat(`0x${"f".repeat(10_000_000)}p-39999999`)).toBe(true);
  expect(isGoFloat(`0x1p${"9".repeat(10_000_000)}`)).toBe(false);
});
