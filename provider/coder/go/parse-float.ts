// The patterns have no repeated groups, which overflow the stack on ten megabytes of digits.
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const HEXADECIMAL = /^[+-]?0x(?:([\da-f]+)(?:\.([\da-f]*))?|\.([\da-f]+))p([+-]?\d+)$/i;
/** Matches an underscore that is not between digits; the first one may follow the `0x`. */
const MISPLACED = /(?:^|\D)_|_(?:\D|$)/;
const MISPLACED_IN_HEX = /(?:^|[^\da-fx])_|_(?:[^\da-f]|$)/i;
const NOT_FINITE = /^(?:[+-]?inf(?:inity)?|nan)$/i;

/**
 * Whether Go's `strconv.ParseFloat(text, 64)` accepts a number: decimal or hexadecimal with an exponent of two, underscores between
 * digits, the infinities and NaN in any case; no spaces, and nothing that is too large for a double.
 */
export function isGoFloat(text: string): boolean {
  if (NOT_FINITE.test(text)) return true;
  const isHex = /^[+-]?0x/i.test(text);
  if (text.includes("_") && (isHex ? MISPLACED_IN_HEX : MISPLACED).test(text)) return false;
  const plain = text.replaceAll("_", "");
  if (!isHex) return DECIMAL.test(plain) && Number.isFinite(Number(plain));
  const [, whole = "", fraction = "", onlyFraction = "", exponent = ""] = HEXADECIMAL.exec(plain) ?? [];
  return exponent !== "" && fitsDouble(whole + fraction + onlyFraction, Number(exponent) - 4 * (fraction + onlyFraction).length);
}

/** Whether `digits`, read as hexadecimal, times two to the power of `exponent` rounds to a finite double. */
function fitsDouble(digits: string, exponent: number): boolean {
  const bits = BigInt(`0x${digits}`).toString(2);
  const size = bits.length + exponent;
  if (bits === "0" || size < 1024) return true;
  // The largest double is 53 ones. With one more, that is half a step above it, the next power of two is equally near.
  return size === 1024 && bits.slice(0, 54).padEnd(54, "0").includes("0");
}
