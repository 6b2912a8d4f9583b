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

/** More digits cannot matter: 64 bits have no more, and the thirteenth behind the point of an hour is less than a nanosecond. */
const MAX_DIGITS = 19;

/** The most that 64 bits with a sign hold below zero; above zero it is one less. */
const LIMIT = 1n << 63n;

/**
 * A span of time as Go's `time.ParseDuration` reads it: `90s`, `1h30m`, `-1.5h`, `0`.
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
    // Shortened, because to make numbers of megabytes of digits takes more than a second.
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

/** As the messages of Go's `time` quote: what is not printable ASCII byte by byte, unlike `%q`. */
function quoteBytes(text: string): string {
  const escaped = text.replace(/["\\]|[^ -\x7f]/gu, (letter) => {
    if (letter === '"' || letter === "\\") return `\\${letter}`;
    return Buffer.from(letter).reduce((bytes, byte) => `${bytes}\\x${byte.toString(16).padStart(2, "0")}`, "");
  });
  return `"${escaped}"`;
}
