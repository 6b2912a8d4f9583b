import { type Decimal, decimalOf, exactDecimalOf, parseDecimal } from "./decimal.ts";
import { MsgpackReader, type Token } from "./msgpack-reader.ts";
import type { Value } from "./value.ts";

/** What is known about an unknown value in advance. Keys other than these are ignored. */
const KEYS = { notNull: 1, prefix: 2, lower: 3, upper: 4, minLength: 5, maxLength: 6 } as const;

/**
 * Whether an unknown value may become this value.
 *
 * @param refinement the payload of the unknown's msgpack extension
 * @throws SyntaxError if those bytes are not a refinement
 */
export function satisfies(value: Value, refinement: Uint8Array): boolean {
  if (value.kind === "unknown") return true;
  const known = readRefinement(refinement);
  if (value.kind === "null") return known.get(KEYS.notNull)?.kind !== "no";
  return [...known].every(([key, fact]) => holds(key, fact, value));
}

type Fact =
  | { readonly kind: "yes" | "no" }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "bound"; readonly limit: Decimal; readonly inclusive: boolean }
  | { readonly kind: "count"; readonly count: number };

function holds(key: number, fact: Fact, value: Value): boolean {
  if (key === KEYS.prefix) return fact.kind !== "text" || value.kind !== "string" || value.value.normalize("NFC").startsWith(fact.text);
  if (key === KEYS.lower || key === KEYS.upper) {
    if (fact.kind !== "bound" || value.kind !== "number") return true;
    const order = compareDecimals(value.value, fact.limit);
    return order === 0 ? fact.inclusive : order > 0 === (key === KEYS.lower);
  }
  if (fact.kind !== "count") return true;
  const length = lengthOf(value);
  if (length === undefined) return true;
  return key === KEYS.minLength ? length >= fact.count : key !== KEYS.maxLength || length <= fact.count;
}

function lengthOf(value: Value): number | undefined {
  if (value.kind === "list" || value.kind === "set") return value.items.length;
  return value.kind === "map" ? value.entries.size : undefined;
}

function readRefinement(bytes: Uint8Array): ReadonlyMap<number, Fact> {
  const reader = new MsgpackReader(bytes);
  const facts = new Map<number, Fact>();
  const head = reader.next();
  if (head.kind !== "map") throw new SyntaxError(`a refinement is a map, not ${head.kind}`);
  for (let n = 0; n < head.length; n++) {
    const key = reader.next();
    if (key.kind !== "int") throw new SyntaxError(`a refinement's key is a number, not ${key.kind}`);
    facts.set(Number(key.value), readFact(reader));
  }
  return facts;
}

function readFact(reader: MsgpackReader): Fact {
  const token = reader.next();
  if (token.kind === "bool") return { kind: token.value ? "yes" : "no" };
  if (token.kind === "str") return { kind: "text", text: token.value };
  if (token.kind === "int") return { kind: "count", count: Number(token.value) };
  if (token.kind !== "array" || token.length !== 2) throw new SyntaxError(`a refinement says nothing with ${token.kind}`);
  const limit = decimalFrom(reader.next());
  const inclusive = reader.next();
  return { kind: "bound", limit, inclusive: inclusive.kind === "bool" && inclusive.value };
}

function decimalFrom(token: Token): Decimal {
  if (token.kind === "int") return decimalOf(token.value);
  if (token.kind === "float") return exactDecimalOf(token.value);
  if (token.kind === "str") return parseDecimal(token.value);
  throw new SyntaxError(`a refinement's limit is a number, not ${token.kind}`);
}

/** Below zero if left is less. Compares digit by digit, because doubles would make close numbers equal. */
function compareDecimals(left: Decimal, right: Decimal): number {
  const [a, b] = [Number(left), Number(right)];
  if (a !== b) return a - b;
  const [points, other] = [fractionOf(left), fractionOf(right)];
  const places = Math.max(points.length, other.length);
  const [scaled, otherScaled] = [scale(left, places), scale(right, places)];
  return scaled < otherScaled ? -1 : scaled > otherScaled ? 1 : 0;
}

function fractionOf(value: Decimal): string {
  return value.split(".")[1] ?? "";
}

function scale(value: Decimal, places: number): bigint {
  if (value.endsWith("Infinity")) return 0n;
  return BigInt(value.replace(".", "") + "0".repeat(places - fractionOf(value).length));
}
