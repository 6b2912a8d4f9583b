const DECIMAL = /^[+-]?(?:\d(?:_?\d)*(?:\.(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:e[+-]?\d(?:_?\d)*)?$/i;
const HEXADECIMAL =
  /^[+-]?0x(?:_?([\da-f](?:_?[\da-f])*)(?:\.((?:[\da-f](?:_?[\da-f])*)?))?|\.([\da-f](?:_?[\da-f])*))p([+-]?\d(?:_?\d)*)$/i;
const NOT_FINITE = /^(?:[+-]?inf(?:inity)?|nan)$/i;

/**
 * Whether Go's `strconv.ParseFloat(text, 64)` reads a number: decimal or hexadecimal with an exponent of two, underscores between
 * digits, the infinities and NaN in any case; no spaces, and nothing that is too large for a double.
 */
export function isGoFloat(text: string): boolean {
  if (NOT_FINITE.test(text)) return true;
  if (DECIMAL.test(text)) return Number.isFinite(Number(text.replaceAll("_", "")));
  const [, whole = "", fraction = "", onlyFraction = "", exponent = ""] =
    HEXADECIMAL.exec(text)?.map((part = "") => part.replaceAll("_", "")) ?? [];
  return exponent !== "" && fitsDouble(whole + fraction + onlyFraction, Number(exponent) - 4 * (fraction + onlyFraction).length);
}

/** Whether `digits`, read as hexadecimal, times two to the power of `exponent` rounds to a double that is no infinity. */
function fitsDouble(digits: string, exponent: number): boolean {
  const bits = BigInt(`0x${digits}`).toString(2);
  const size = bits.length + exponent;
  if (bits === "0" || size < 1024) return true;
  // The largest double is 53 ones; half a step above it, that is with one more, the next power of two is as near.
  return size === 1024 && bits.slice(0, 54).padEnd(54, "0").includes("0");
}
