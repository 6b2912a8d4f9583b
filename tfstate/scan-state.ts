/**
 * Reads what a state file says about itself, from its bytes as they come, in any pieces. This room is pure: no I/O, no database. It never
 * holds more of a state than the piece in hand, so the size of a state does not matter.
 */
import { PIECE_BYTES } from "./limits.ts";

/** The head of a state: top-level members of Terraform's JSON. A member that is missing, or of another type, is undefined. */
export interface StateHead {
  /** The version of the format; 4 since Terraform 0.12. */
  readonly format: number | undefined;
  /** Grows with each change of a state. */
  readonly serial: number | undefined;
  /** A UUID that Terraform gives to a new state. States of different lineages have nothing to do with each other. */
  readonly lineage: string | undefined;
  /** Whether the list `resources` has an entry. */
  readonly hasResources: boolean;
}

/**
 * What a scan finds. `broken` covers everything that is not one complete JSON object: a file that was cut off, text after the end, or
 * something else entirely. `at` is the offset of the byte where that became clear, or the length of the text.
 */
export type StateScan =
  | ({ readonly kind: "whole" } & StateHead)
  | { readonly kind: "broken"; readonly why: "empty" | "cut_off" | "not_json" | "too_deep"; readonly at: number };

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** What may come next at the level of the top object's members. */
type Expected = "object" | "first_key" | "key" | "colon" | "value" | "comma" | "end";

/** Deeper than any state. It bounds the memory that a hostile file can cost. */
const MAX_DEPTH = 1_000;
/** Keys and values that are longer than this are not ours: no member of the head comes near it. */
const MAX_TOKEN_BYTES = 1_024;

const WANTED: ReadonlySet<string> = new Set(["version", "serial", "lineage", "resources"]);

/**
 * Scans a state piece by piece. The grammar of JSON is checked for the members of the top object; below them, only that strings end and
 * brackets match, which a text that was cut off anywhere fails. Costs a few milliseconds per MiB.
 */
export class StateScanner {
  /** The open brackets, outermost first. */
  readonly #open: number[] = [];
  readonly #members = new Map<string, unknown>();
  #expected: Expected = "object";
  #inString = false;
  #isEscaped = false;
  /** The bytes of the key or the scalar that is being read at the top level; undefined if nobody wants them. */
  #token: number[] | undefined;
  #inScalar = false;
  #key = "";
  #hasResources = false;
  /** The list of resources is open, and nothing in it was seen yet. */
  #isBeforeResources = false;
  #at = 0;
  #failure: { readonly why: "not_json" | "too_deep"; readonly at: number } | undefined;

  push(bytes: Uint8Array): void {
    let i = 0;
    while (i < bytes.length && this.#failure === undefined) {
      i = this.#inString ? this.#readString(bytes, i) : this.#open.length > 1 ? this.#skipNested(bytes, i) : this.#readMember(bytes, i);
    }
    this.#at += bytes.length;
  }

  /** Tells what was found. Call it once, after the last piece. */
  end(): StateScan {
    if (this.#failure !== undefined) return { kind: "broken", ...this.#failure };
    if (this.#expected !== "end") return { kind: "broken", why: this.#expected === "object" ? "empty" : "cut_off", at: this.#at };
    const [format, serial, lineage] = [this.#members.get("version"), this.#members.get("serial"), this.#members.get("lineage")];
    return {
      kind: "whole",
      format: isCount(format) ? format : undefined,
      serial: isCount(serial) ? serial : undefined,
      lineage: typeof lineage === "string" ? lineage : undefined,
      hasResources: this.#hasResources,
    };
  }

  /** Reads inside a string. @returns the index of the first byte after what was read */
  #readString(bytes: Uint8Array, from: number): number {
    const token = this.#token;
    for (let i = from; i < bytes.length; i++) {
      const byte = bytes[i] ?? 0;
      if (byte < 0x20) return this.#fail("not_json", i);
      if (token !== undefined) this.#collect(byte);
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) {
        this.#inString = false;
        if (this.#open.length === 1) this.#endTopString(i);
        return i + 1;
      }
    }
    return bytes.length;
  }

  /** Reads below the top level, until a string begins or the member ends. */
  #skipNested(bytes: Uint8Array, from: number): number {
    for (let i = from; i < bytes.length; i++) {
      const byte = bytes[i] ?? 0;
      if (this.#isBeforeResources && !isSpace(byte)) {
        this.#isBeforeResources = false;
        this.#hasResources = byte !== CLOSE_LIST;
      }
      switch (byte) {
        case QUOTE:
          this.#inString = true;
          return i + 1;
        case OPEN_LIST:
        case OPEN_OBJECT:
          if (this.#open.length >= MAX_DEPTH) return this.#fail("too_deep", i);
          this.#open.push(byte);
          break;
        case CLOSE_LIST:
        case CLOSE_OBJECT:
          if (this.#open.pop() !== byte - 2) return this.#fail("not_json", i);
          if (this.#open.length > 1) break;
          this.#expected = "comma";
          return i + 1;
        default:
          if (byte < 0x20 && !isSpace(byte)) return this.#fail("not_json", i);
      }
    }
    return bytes.length;
  }

  /** Reads one byte of the top object's own members. */
  #readMember(bytes: Uint8Array, i: number): number {
    const byte = bytes[i] ?? 0;
    if (this.#inScalar) {
      if (isOfScalar(byte)) {
        this.#collect(byte);
        return i + 1;
      }
      // The byte after a scalar is not part of it, and is read as what comes next.
      if (!this.#endScalar()) return this.#fail("not_json", i);
    }
    if (isSpace(byte)) return i + 1;
    switch (this.#expected) {
      case "object":
        if (byte !== OPEN_OBJECT) return this.#fail("not_json", i);
        this.#open.push(byte);
        this.#expected = "first_key";
        return i + 1;
      case "first_key":
      case "key":
        if (byte === CLOSE_OBJECT && this.#expected === "first_key") return this.#endObject(i);
        if (byte !== QUOTE) return this.#fail("not_json", i);
        this.#inString = true;
        this.#token = [byte];
        return i + 1;
      case "colon":
        if (byte !== COLON) return this.#fail("not_json", i);
        this.#expected = "value";
        return i + 1;
      case "value":
        return this.#beginValue(byte, i);
      case "comma":
        if (byte === CLOSE_OBJECT) return this.#endObject(i);
        if (byte !== COMMA) return this.#fail("not_json", i);
        this.#expected = "key";
        return i + 1;
      case "end":
        return this.#fail("not_json", i);
    }
  }

  #beginValue(byte: number, i: number): number {
    const isWanted = WANTED.has(this.#key);
    // As in JSON.parse, the last of several members with one name counts.
    if (isWanted) this.#members.delete(this.#key);
    if (this.#key === "resources") {
      this.#hasResources = false;
      this.#isBeforeResources = byte === OPEN_LIST;
    }
    if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      this.#open.push(byte);
      return i + 1;
    }
    this.#token = byte === QUOTE && !isWanted ? undefined : [byte];
    if (byte === QUOTE) this.#inString = true;
    else if (isOfScalar(byte)) this.#inScalar = true;
    else return this.#fail("not_json", i);
    return i + 1;
  }

  #endTopString(i: number): void {
    const text = this.#takeToken();
    if (this.#expected === "value") {
      if (text !== undefined) this.#members.set(this.#key, text);
      this.#expected = "comma";
    } else {
      // A key that is too long is none of the wanted ones.
      this.#key = typeof text === "string" ? text : "";
      this.#expected = "colon";
    }
    if (text === null) this.#fail("not_json", i);
  }

  #endScalar(): boolean {
    this.#inScalar = false;
    this.#expected = "comma";
    const value = this.#takeToken();
    if (value === undefined) return false;
    if (WANTED.has(this.#key)) this.#members.set(this.#key, value);
    return true;
  }

  #endObject(i: number): number {
    this.#open.pop();
    this.#expected = "end";
    return i + 1;
  }

  #collect(byte: number): void {
    if (this.#token !== undefined && this.#token.length <= MAX_TOKEN_BYTES) this.#token.push(byte);
  }

  /** Returns what the token says: undefined for one that is too long or that nobody wanted. A string that is not JSON gives null. */
  #takeToken(): unknown {
    const token = this.#token;
    this.#token = undefined;
    if (token === undefined || token.length > MAX_TOKEN_BYTES) return undefined;
    try {
      return JSON.parse(Buffer.from(token).toString("utf8"));
    } catch {
      return token[0] === QUOTE ? null : undefined;
    }
  }

  #fail(why: "not_json" | "too_deep", index: number): number {
    this.#failure ??= { why, at: this.#at + index };
    return index + 1;
  }
}

/** Scans a state that is in memory, and lets other work run between its pieces. */
export async function scanState(state: Uint8Array): Promise<StateScan> {
  const scanner = new StateScanner();
  for (let at = 0; at < state.length; at += PIECE_BYTES) {
    if (at > 0) await new Promise((resolve) => setImmediate(resolve));
    scanner.push(state.subarray(at, at + PIECE_BYTES));
  }
  return scanner.end();
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Digits, letters and signs: what numbers, `true`, `false` and `null` are made of. */
function isOfScalar(byte: number): boolean {
  const isDigit = byte >= 0x30 && byte <= 0x39;
  const isLetter = (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a);
  return isDigit || isLetter || byte === 0x2d || byte === 0x2b || byte === 0x2e;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
