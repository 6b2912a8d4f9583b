/** Reads Terraform's JSON syntax: blocks, as far as they can be found without their schema, and expressions in HCL's syntax. */
import { endOfBracket } from "./hcl-scan.ts";
import { isJsonObject, type JsonObject, member } from "./json.ts";

export interface JsonBlock {
  readonly labels: readonly string[];
  readonly body: JsonObject;
}

/**
 * Returns the blocks of a type, in the order of the text. Each label is a level of objects, and every level may be a list of objects, so
 * that a label can occur twice. Values of another form are left out, because Terraform refuses them.
 */
export function jsonBlocks(parent: JsonObject, type: string, labelCount = 0): JsonBlock[] {
  return blocksIn(member(parent, type), labelCount);
}

function blocksIn(value: unknown, labelCount: number): JsonBlock[] {
  const objects: readonly JsonObject[] = Array.isArray(value) ? value.filter(isJsonObject) : isJsonObject(value) ? [value] : [];
  if (labelCount === 0) return objects.map((body) => ({ labels: [], body }));
  return objects.flatMap((object) =>
    Object.entries(object).flatMap(([label, inner]) =>
      blocksIn(inner, labelCount - 1).map(({ labels, body }) => ({ labels: [label, ...labels], body })),
    ),
  );
}

/** Converts a value to its HCL expression: `"${a.b}"` becomes `a.b`, and `"x-${a.b}"` a template, which HCL puts in quotes. */
export function hclExpression(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value);
  const parts = templateParts(value);
  const [only] = parts;
  if (parts.length === 1 && only?.startsWith("${") === true) return only.slice(2, -1).trim();
  return `"${parts.map((part) => (isInterpolation(part) ? part : escapeQuoted(part))).join("")}"`;
}

/** Splits a text into literal text, interpolations and directives. A doubled sign (`$${`, `%%{`) is literal. */
function templateParts(text: string): string[] {
  const parts: string[] = [];
  let [start, at] = [0, 0];
  while (at < text.length) {
    if (text.startsWith("$${", at) || text.startsWith("%%{", at)) at += 3;
    else if (text.startsWith("${", at) || text.startsWith("%{", at)) {
      if (at > start) parts.push(text.slice(start, at));
      start = at;
      at = endOfBracket(text, at + 1);
      parts.push(text.slice(start, at));
      start = at;
    } else at++;
  }
  if (at > start) parts.push(text.slice(start));
  return parts;
}

function isInterpolation(part: string): boolean {
  return part.startsWith("${") || part.startsWith("%{");
}

const ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\" };

/** Escapes what a string of HCL cannot have as it is, but for the signs of interpolations and directives. */
export function escapeQuoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: HCL requires escapes for these
  return text.replace(/["\\\u0000-\u001f]/g, (char) => ESCAPES[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
