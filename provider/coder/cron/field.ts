import { parseGoInt } from "../go/atoi.ts";
import { goQuote } from "../go/quote.ts";

/** What one field of a schedule may contain. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
  /** Names in lower case for the numbers from `min` on. */
  readonly names?: readonly string[];
}

/**
 * Checks one field: parts between commas, each `*`, `?`, a number or name, or two of them with a hyphen, and each of those with `/` and
 * a step. As in the Go library `robfig/cron`, empty parts are ignored, and so is what follows a hyphen after a star.
 *
 * @throws SyntaxError with that library's text
 */
export function checkField(field: string, bounds: Bounds): void {
  for (const part of field.split(",")) if (part !== "") checkPart(part, bounds);
}

function checkPart(part: string, bounds: Bounds): void {
  const [range = "", step, ...furtherSteps] = part.split("/");
  const { start, end } = readRange(part, range, bounds);
  if (furtherSteps.length > 0) throw new SyntaxError(`too many slashes: ${part}`);
  const stride = step === undefined ? 1n : readNumber(step);
  // A number with a step extends to the end of the range.
  const last = step !== undefined && !range.includes("-") ? BigInt(bounds.max) : end;
  if (start < bounds.min) throw new SyntaxError(`beginning of range (${start}) below minimum (${bounds.min}): ${part}`);
  if (last > bounds.max) throw new SyntaxError(`end of range (${last}) above maximum (${bounds.max}): ${part}`);
  if (start > last) throw new SyntaxError(`beginning of range (${start}) beyond end of range (${last}): ${part}`);
  if (stride === 0n) throw new SyntaxError(`step of range should be a positive number: ${part}`);
}

function readRange(part: string, range: string, bounds: Bounds): { readonly start: bigint; readonly end: bigint } {
  const [low = "", high, ...furtherEnds] = range.split("-");
  if (low === "*" || low === "?") return { start: BigInt(bounds.min), end: BigInt(bounds.max) };
  const start = readNumberOrName(low, bounds);
  if (furtherEnds.length > 0) throw new SyntaxError(`too many hyphens: ${part}`);
  return { start, end: high === undefined ? start : readNumberOrName(high, bounds) };
}

function readNumberOrName(text: string, { min, names = [] }: Bounds): bigint {
  const index = names.indexOf(text.toLowerCase());
  return index === -1 ? readNumber(text) : BigInt(min + index);
}

function readNumber(text: string): bigint {
  const value = parseGoInt(text);
  if (value === undefined) {
    const why = /^[+-]?[0-9]+$/.test(text) ? "value out of range" : "invalid syntax";
    throw new SyntaxError(`failed to parse int from ${text}: strconv.Atoi: parsing ${goQuote(text)}: ${why}`);
  }
  if (value < 0n) throw new SyntaxError(`negative number (${value}) not allowed: ${text}`);
  return value;
}
