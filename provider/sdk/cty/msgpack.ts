import { type Decimal, decimalOf, exactDecimalOf, isWhole, parseDecimal, toNumber } from "./decimal.ts";
import { MsgpackReader, type Token } from "./msgpack-reader.ts";
import { MsgpackWriter } from "./msgpack-writer.ts";
import { type CtyType, compareBytes, formatType, parseType } from "./type.ts";
import { boolValue, NULL, numberValue, stringValue, UNKNOWN, type Value } from "./value.ts";

/** The MessagePack extension for unknown values about which Terraform knows something. Any other extension is a plain unknown value. */
const REFINED_UNKNOWN = 12;
const PLAIN_UNKNOWN_DATA = new Uint8Array(1);

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/**
 * Reads a value from the bytes of a DynamicValue. The bytes mean nothing without the type.
 *
 * @throws SyntaxError if the bytes are broken or do not fit the type; the message names the position
 */
export function decodeMsgpack(type: CtyType, bytes: Uint8Array): Value {
  const reader = new MsgpackReader(bytes);
  const value = decode(type, reader, "");
  if (!reader.atEnd) throw new SyntaxError("bytes are left over behind the value");
  return value;
}

/** The bytes of a value for a DynamicValue. @throws TypeError if the value does not fit the type; the message names the position */
export function encodeMsgpack(type: CtyType, value: Value): Uint8Array {
  const writer = new MsgpackWriter();
  encode(type, value, writer, "");
  return writer.bytes();
}

function decode(type: CtyType, reader: MsgpackReader, at: string): Value {
  const token = reader.next();
  if (token.kind === "nil") return NULL;
  if (token.kind === "ext") return token.type === REFINED_UNKNOWN ? { kind: "unknown", refinement: token.data } : UNKNOWN;
  switch (type.kind) {
    case "string":
      if (token.kind === "str") return stringValue(token.value);
      break;
    case "bool":
      if (token.kind === "bool") return boolValue(token.value);
      break;
    case "number":
      if (token.kind === "int" || token.kind === "float" || token.kind === "str") return numberValue(decodeNumber(token));
      break;
    case "list":
    case "set":
      if (token.kind === "array")
        return { kind: type.kind, items: Array.from({ length: token.length }, (_, n) => decode(type.element, reader, `${at}[${n}]`)) };
      break;
    case "tuple":
      if (token.kind === "array" && token.length === type.elements.length)
        return { kind: "tuple", items: type.elements.map((element, n) => decode(element, reader, `${at}[${n}]`)) };
      break;
    case "map":
    case "object":
      if (token.kind === "map") return decodeEntries(type, token.length, reader, at);
      break;
    case "dynamic":
      if (token.kind === "array" && token.length === 2) return decodeDynamic(reader, at);
      break;
  }
  throw new SyntaxError(`${at || "value"}: ${describe(token)} where the type is ${formatType(type)}`);
}

function decodeNumber(token: Extract<Token, { kind: "int" | "float" | "str" }>): Decimal {
  if (token.kind === "str") return parseDecimal(token.value);
  return token.kind === "int" ? decimalOf(token.value) : exactDecimalOf(token.value);
}

function decodeEntries(
  type: Extract<CtyType, { kind: "map" } | { kind: "object" }>,
  length: number,
  reader: MsgpackReader,
  at: string,
): Value {
  const entries = new Map<string, Value>();
  if (type.kind === "object" && length === type.attributes.size) {
    // The order in which Terraform writes them. From the first that is out of order the loop below goes on.
    for (const [name, of] of type.attributes) {
      if (!reader.skip(name)) break;
      entries.set(name, decode(of, reader, `${at}.${name}`));
    }
  }
  for (let n = entries.size; n < length; n++) {
    const key = reader.next();
    if (key.kind !== "str") throw new SyntaxError(`${at || "value"}: a key is ${describe(key)}`);
    const of = type.kind === "map" ? type.element : type.attributes.get(key.value);
    if (of === undefined) throw new SyntaxError(`${at || "value"}: ${JSON.stringify(key.value)} is no attribute of ${formatType(type)}`);
    entries.set(key.value, decode(of, reader, `${at}.${key.value}`));
  }
  if (type.kind === "object" && entries.size !== type.attributes.size)
    throw new SyntaxError(`${at || "value"}: ${entries.size} attributes of the ${type.attributes.size} in ${formatType(type)}`);
  return { kind: type.kind, entries };
}

function decodeDynamic(reader: MsgpackReader, at: string): Value {
  const token = reader.next();
  if (token.kind !== "bin") throw new SyntaxError(`${at || "value"}: ${describe(token)} where a type stands before its value`);
  const type = parseType(Buffer.from(token.value).toString("utf8"));
  return { kind: "dynamic", type, value: decode(type, reader, at) };
}

function describe(token: Token): string {
  return token.kind === "array" || token.kind === "map" ? `${token.kind} of ${token.length}` : token.kind;
}

function encode(type: CtyType, value: Value, writer: MsgpackWriter, at: string): void {
  if (value.kind !== "null" && value.kind !== "unknown" && value.kind !== type.kind)
    throw new TypeError(`${at || "value"}: ${value.kind} where the type is ${formatType(type)}`);
  switch (value.kind) {
    case "null":
      writer.nil();
      break;
    case "unknown":
      if (value.refinement === undefined) writer.ext(0, PLAIN_UNKNOWN_DATA);
      else writer.ext(REFINED_UNKNOWN, value.refinement);
      break;
    case "string":
      writer.str(value.value);
      break;
    case "bool":
      writer.bool(value.value);
      break;
    case "number":
      encodeNumber(value.value, writer);
      break;
    case "list":
    case "set":
    case "tuple":
      encodeItems(type, value.items, writer, at);
      break;
    case "map":
    case "object":
      encodeEntries(type, value.entries, writer, at);
      break;
    case "dynamic":
      writer.arrayHead(2);
      writer.bin(Buffer.from(formatType(value.type)));
      encode(value.type, value.value, writer, at);
      break;
  }
}

/** A number that is neither a 64-bit integer nor exactly a double is sent as text, or Terraform would read a number other than it sent. */
function encodeNumber(value: Decimal, writer: MsgpackWriter): void {
  const whole = isWhole(value) ? BigInt(value) : undefined;
  if (whole !== undefined && whole >= MIN_INT64 && whole <= MAX_INT64) writer.int(whole);
  else if (whole === undefined && exactDecimalOf(toNumber(value)) === value) writer.float(toNumber(value));
  else writer.str(value);
}

function encodeItems(type: CtyType, items: readonly Value[], writer: MsgpackWriter, at: string): void {
  writer.arrayHead(items.length);
  if (type.kind === "tuple") {
    if (items.length !== type.elements.length) throw new TypeError(`${at || "value"}: ${items.length} items for ${formatType(type)}`);
    type.elements.forEach((element, n) => {
      encode(element, items[n] ?? NULL, writer, `${at}[${n}]`);
    });
  } else if (type.kind === "list" || type.kind === "set") {
    items.forEach((item, n) => {
      encode(type.element, item, writer, `${at}[${n}]`);
    });
  }
}

function encodeEntries(type: CtyType, entries: ReadonlyMap<string, Value>, writer: MsgpackWriter, at: string): void {
  writer.mapHead(type.kind === "object" ? type.attributes.size : entries.size);
  if (type.kind === "object") {
    for (const name of entries.keys())
      if (!type.attributes.has(name))
        throw new TypeError(`${at || "value"}: ${JSON.stringify(name)} is no attribute of ${formatType(type)}`);
    for (const [name, of] of type.attributes) {
      writer.str(name);
      // Terraform refuses an object that lacks an attribute, so unset attributes are written as null.
      encode(of, entries.get(name) ?? NULL, writer, `${at}.${name}`);
    }
  } else if (type.kind === "map") {
    for (const [key, item] of [...entries].sort(([left], [right]) => compareBytes(left, right))) {
      writer.str(key);
      encode(type.element, item, writer, `${at}.${key}`);
    }
  }
}
