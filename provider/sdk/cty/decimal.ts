/**
 * A number in Terraform's sense: a decimal of any length, stored as digits, because a JavaScript number would change some of them and
 * Terraform compares exactly. It has one canonical form, so that equal numbers are equal texts: no exponent, no unnecessary zeros,
 * no `-0`; the infinities are `Infinity` and `-Infinity`.
 */
export type Decimal = string & { readonly [brand]: "Decimal" };
declare const brand: unique symbol;

const FORM = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
/** Terraform's numbers have 512 bits of mantissa; a text with a larger exponent than this is an attack on memory, not a number. */
const MAX_EXPONENT = 10_000;

/** @throws SyntaxError if the text is not a decimal number */
export function parseDecimal(text: string): Decimal {
  const [, sign, whole, fraction = "", exponent = "0"] = FORM.exec(text) ?? [];
  if (whole === undefined || whole + fraction === "") throw new SyntaxError(`not a number: ${JSON.stringify(text)}`);
  const shift = Number(exponent);
  if (Math.abs(shift) > MAX_EXPONENT) throw new SyntaxError(`exponent out of range: ${text}`);
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = point > digits.length ? digits.padEnd(point, "0") : point < 0 ? "0".repeat(-point) + digits : digits;
  const at = Math.max(point, 0);
  const before = padded.slice(0, at).replace(/^0+/, "") || "0";
  const after = withoutTrailingZeros(padded.slice(at));
  const magnitude = after === "" ? before : `${before}.${after}`;
  return (sign === "-" && magnitude !== "0" ? `-${magnitude}` : magnitude) as Decimal;
}

/** Does not use a pattern: one that ends with `$` takes quadratic time for many zeros before another digit. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === "0") end--;
  return digits.slice(0, end);
}

/** The number that the double's shortest text denotes: 0.1 is one tenth, not the double nearest to it. */
export function decimalOf(value: number | bigint): Decimal {
  if (typeof value === "bigint") return String(value) as Decimal;
  if (Number.isNaN(value)) throw new RangeError("Terraform has no NaN");
  return Number.isFinite(value) ? parseDecimal(String(value)) : (String(value) as Decimal);
}

/** The double itself, with all its digits: 0.1 is 0.1000000000000000055511151231257827021181583404541015625. */
export function exactDecimalOf(value: number): Decimal {
  if (!Number.isFinite(value) || Number.isInteger(value)) return Number.isInteger(value) ? decimalOf(BigInt(value)) : decimalOf(value);
  // A double is an integer over a power of two, and 1/2^n is 5^n/10^n.
  let halvings = 0;
  let scaled = Math.abs(value);
  for (; !Number.isInteger(scaled); halvings++) scaled *= 2;
  const digits = String(BigInt(scaled) * 5n ** BigInt(halvings)).padStart(halvings + 1, "0");
  const text = `${digits.slice(0, -halvings)}.${digits.slice(-halvings)}`;
  return (value < 0 ? `-${text}` : text) as Decimal;
}

/** Whether it is an integer. */
export function isWhole(value: Decimal): boolean {
  return !value.includes(".") && !value.endsWith("Infinity");
}

/** The nearest double. */
export function toNumber(value: Decimal): number {
  return Number(value);
}
