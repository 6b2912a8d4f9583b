import { type Decimal, parseDecimal } from "./decimal.ts";
import { type CtyType, compareBytes, formatType, parseType } from "./type.ts";
import { boolValue, NULL, numberValue, stringValue, type Value } from "./value.ts";

/** Parsed JSON with numbers as written, because a JavaScript number would round them. */
type Json = null | boolean | string | NumberText | readonly Json[] | { readonly [key: string]: Json };

class NumberText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export interface JsonOptions {
  /** What to do with an object key that is not an attribute, as in state stored by another version. Default: refuse it. */
  readonly unknownAttributes?: "refuse" | "drop";
}

/**
 * Reads a value from the JSON in state files and in a DynamicValue. Missing attributes become null. As in Terraform, a number or bool is
 * accepted where a string is expected, and the reverse.
 *
 * @throws SyntaxError if the text is not JSON or does not fit the type; the message names the position
 */
export function decodeJson(type: CtyType, text: string, options: JsonOptions = {}): Value {
  return decode(type, parse(text), options.unknownAttributes ?? "refuse", "");
}

/** The JSON of a value. @throws TypeError if it contains an unknown or an infinity, which JSON lacks, or does not fit the type */
export function encodeJson(type: CtyType, value: Value): string {
  return encode(type, value, "");
}

function parse(text: string): Json {
  try {
    return JSON.parse(text, (_key: string, value: unknown, context?: { source?: string }) =>
      typeof value === "number" ? new NumberText(context?.source ?? String(value)) : value,
    );
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The parser's own message quotes the text around the error, and states contain secrets.
    const [where = ""] = / at position \d+/.exec(error.message) ?? [];
    throw new SyntaxError(`not valid JSON${where}`);
  }
}

function decode(type: CtyType, json: Json, unknownAttributes: "refuse" | "drop", at: string): Value {
  if (json === null) return NULL;
  const inner = (of: CtyType, part: Json, step: string): Value => decode(of, part, unknownAttributes, `${at}${step}`);
  switch (type.kind) {
    case "string":
      if (typeof json === "string") return stringValue(json);
      if (typeof json === "boolean") return stringValue(String(json));
      if (json instanceof NumberText) return stringValue(decimal(json.text, at));
      break;
    case "number":
      if (json instanceof NumberText) return numberValue(decimal(json.text, at));
      if (typeof json === "string") return numberValue(decimal(json, at));
      break;
    case "bool":
      if (typeof json === "boolean") return boolValue(json);
      if (json === "true" || json === "false") return boolValue(json === "true");
      break;
    case "list":
    case "set":
      if (isArray(json)) return { kind: type.kind, items: json.map((item, n) => inner(type.element, item, `[${n}]`)) };
      break;
    case "tuple":
      if (isArray(json) && json.length === type.elements.length)
        return { kind: "tuple", items: type.elements.map((of, n) => inner(of, json[n] ?? null, `[${n}]`)) };
      break;
    case "map":
      if (isObject(json))
        return { kind: "map", entries: new Map(Object.entries(json).map(([k, v]) => [k, inner(type.element, v, `.${k}`)])) };
      break;
    case "object":
      if (isObject(json)) {
        const given = new Map(Object.entries(json));
        const stranger = unknownAttributes === "refuse" ? given.keys().find((name) => !type.attributes.has(name)) : undefined;
        if (stranger !== undefined)
          throw new SyntaxError(`${at || "value"}: ${JSON.stringify(stranger)} is no attribute of ${formatType(type)}`);
        const entries = [...type.attributes].map(([name, of]) => [name, inner(of, given.get(name) ?? null, `.${name}`)] as const);
        return { kind: "object", entries: new Map(entries) };
      }
      break;
    case "dynamic":
      if (isObject(json) && json.type !== undefined) {
        const own = parseType(JSON.stringify(json.type));
        return { kind: "dynamic", type: own, value: inner(own, json.value ?? null, "") };
      }
      break;
  }
  throw new SyntaxError(`${at || "value"}: not a ${formatType(type)}`);
}

function decimal(text: string, at: string): Decimal {
  try {
    return parseDecimal(text);
  } catch (error) {
    throw error instanceof SyntaxError ? new SyntaxError(`${at || "value"}: ${error.message}`, { cause: error }) : error;
  }
}

function encode(type: CtyType, value: Value, at: string): string {
  if (value.kind === "null") return "null";
  if (value.kind === "unknown") throw new TypeError(`${at || "value"}: JSON has no unknowns`);
  if (value.kind !== type.kind) throw new TypeError(`${at || "value"}: ${value.kind} where the type is ${formatType(type)}`);
  switch (value.kind) {
    case "number":
      if (value.value.endsWith("Infinity")) throw new TypeError(`${at || "value"}: JSON has no infinity`);
      return value.value;
    case "string":
    case "bool":
      return JSON.stringify(value.value);
    case "list":
    case "set":
    case "tuple":
      return `[${value.items.map((item, n) => encode(elementType(type, n), item, `${at}[${n}]`)).join()}]`;
    case "map":
    case "object": {
      const entries = [...value.entries].sort(([left], [right]) => compareBytes(left, right));
      return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${encode(entryType(type, key), item, `${at}.${key}`)}`).join()}}`;
    }
    case "dynamic":
      return `{"value":${encode(value.type, value.value, at)},"type":${formatType(value.type)}}`;
  }
}

function elementType(type: CtyType, index: number): CtyType {
  const element = type.kind === "tuple" ? type.elements[index] : type.kind === "list" || type.kind === "set" ? type.element : undefined;
  if (element === undefined) throw new TypeError(`${formatType(type)} has no item ${index}`);
  return element;
}

function entryType(type: CtyType, key: string): CtyType {
  const entry = type.kind === "object" ? type.attributes.get(key) : type.kind === "map" ? type.element : undefined;
  if (entry === undefined) throw new TypeError(`${JSON.stringify(key)} is no attribute of ${formatType(type)}`);
  return entry;
}

function isArray(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

function isObject(json: Json): json is { readonly [key: string]: Json } {
  return typeof json === "object" && json !== null && !isArray(json) && !(json instanceof NumberText);
}
