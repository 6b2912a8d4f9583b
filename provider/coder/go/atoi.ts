import { goQuote } from "./quote.ts";

const INT64_MAX = 2n ** 63n - 1n;

/** What Go's `strconv.Atoi` reads: decimal digits, a sign or none, 64 bits. Undefined for anything else, even spaces and underscores. */
export function parseGoInt(text: string): bigint | undefined {
  // No number of 64 bits is longer, save by zeros in front. Without them, a text of a megabyte is not multiplied out.
  const [, sign, digits] = /^([+-]?)0*(\d{1,19})$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const value = BigInt(`${sign === "-" ? "-" : ""}${digits}`);
  return value > INT64_MAX || value < -INT64_MAX - 1n ? undefined : value;
}

/** As {@link parseGoInt}. @throws SyntaxError in Go's words */
export function atoi(text: string): bigint {
  const value = parseGoInt(text);
  if (value !== undefined) return value;
  const problem = /^[+-]?\d+$/.test(text) ? "value out of range" : "invalid syntax";
  throw new SyntaxError(`strconv.Atoi: parsing ${goQuote(text)}: ${problem}`);
}
