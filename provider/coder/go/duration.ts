const NANOSECONDS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  "\u00b5s": 1_000n, // the micro sign
  "\u03bcs": 1_000n, // the Greek letter
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** More digits cannot matter: 64 bits have no more, and the thirteenth decimal of an hour is less than a nanosecond. */
const MAX_DIGITS = 19;

/** The magnitude of the smallest signed 64-bit number; the largest is one less. */
const LIMIT = 1n << 63n;

/**
 * Parses a duration as Go's `time.ParseDuration` does: `90s`, `1h30m`, `-1.5h`, `0`.
 *
 * @returns nanoseconds
 * @throws SyntaxError with Go's text
 */
export function parseGoDuration(text: string): bigint {
  const invalid = (what: string) => new SyntaxError(`time: ${what} duration ${quoteBytes(text)}`);
  const [, sign, amounts = ""] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (amounts === "0") return 0n;
  if (amounts === "") throw invalid("invalid");
  let total = 0n;
  for (let rest = amounts; rest !== ""; ) {
    const [amount = "", digits = "", decimals = ""] = /^([0-9]*)(?:\.([0-9]*))?/.exec(rest) ?? [];
    // Shortened, because converting megabytes of digits to a number takes more than a second.
    const [whole, fraction] = [digits.replace(/^0+/, ""), decimals.slice(0, MAX_DIGITS)];
    if (digits + decimals === "" || whole.length > MAX_DIGITS || BigInt(whole) > LIMIT) throw invalid("invalid");
    const [unit = ""] = /^[^.0-9]+/.exec(rest.slice(amount.length)) ?? [];
    if (unit === "") throw invalid("missing unit in");
    const length = Object.hasOwn(NANOSECONDS, unit) ? NANOSECONDS[unit] : undefined;
    if (length === undefined) throw invalid(`unknown unit ${quoteBytes(unit)} in`);
    // Parts of a nanosecond are dropped.
    total += BigInt(whole) * length + (BigInt(fraction) * length) / 10n ** BigInt(fraction.length);
    if (total > LIMIT) throw invalid("invalid");
    rest = rest.slice(amount.length + unit.length);
  }
  if (sign === "-") return -total;
  if (total === LIMIT) throw invalid("invalid");
  return total;
}

/** Quotes as the messages of Go's `time` do: unlike `%q`, they escape everything but printable ASCII byte by byte. */
function quoteBytes(text: string): string {
  const escaped = text.replace(/["\\]|[^ -\x7f]/gu, (letter) => {
    if (letter === '"' || letter === "\\") return `\\${letter}`;
    return Buffer.from(letter).reduce((bytes, byte) => `${bytes}\\x${byte.toString(16).padStart(2, "0")}`, "");
  });
  return `"${escaped}"`;
}
