import { goQuote } from "./quote.ts";

const INT64_MAX = 2n ** 63n - 1n;

/** Parses what Go's `strconv.Atoi` accepts: decimal digits, an optional sign, 64 bits. Undefined otherwise, even for spaces and underscores. */
export function parseGoInt(text: string): bigint | undefined {
  // No 64-bit number is longer, except for leading zeros. This check avoids converting a text of a megabyte.
  const [, sign, digits] = /^([+-]?)0*(\d{1,19})$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const value = BigInt(`${sign === "-" ? "-" : ""}${digits}`);
  return value > INT64_MAX || value < -INT64_MAX - 1n ? undefined : value;
}

/** Like {@link parseGoInt}. @throws SyntaxError in Go's words */
export function atoi(text: string): bigint {
  const value = parseGoInt(text);
  if (value !== undefined) return value;
  const problem = /^[+-]?\d+$/.test(text) ? "value out of range" : "invalid syntax";
  throw new SyntaxError(`strconv.Atoi: parsing ${goQuote(text)}: ${problem}`);
}
