import { scanObject, scanTuple } from "./hcl-scan.ts";

export type Literal = string | number | boolean | null | readonly Literal[] | { readonly [key: string]: Literal };

/** Each level scans everything inside it, so the time grows with the product of depth and length. */
const MAX_DEPTH = 32;

/**
 * Returns the value of a literal expression: strings without interpolation, heredocs, numbers, true, false, null, and tuples and objects of
 * these, up to a limited depth. Anything else (a reference, a call, an operator) returns undefined.
 */
export function readLiteral(expression: string): { readonly value: Literal } | undefined {
  return readWithin(expression, MAX_DEPTH);
}

/** @param depth maximum number of nested tuples and objects */
function readWithin(expression: string, depth: number): { readonly value: Literal } | undefined {
  const text = expression.trim();
  if (text === "null") return { value: null };
  if (text === "true" || text === "false") return { value: text === "true" };
  if (/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return { value: Number(text) };
  if (text.startsWith('"')) return wrap(readString(text));
  if (text.startsWith("<<")) return wrap(readHeredoc(text));
  if (depth === 0) return undefined;
  if (text.startsWith("[")) {
    const items = scanTuple(text)?.map((item) => readWithin(item, depth - 1));
    return items?.every((item) => item !== undefined) ? { value: items.map((item) => item.value) } : undefined;
  }
  if (text.startsWith("{")) {
    const pairs = scanObject(text)?.map(({ key, expression: inner }) => ({ key, item: readWithin(inner, depth - 1) }));
    if (pairs === undefined) return undefined;
    const entries: [string, Literal][] = [];
    for (const { key, item } of pairs) {
      if (item === undefined || key.startsWith("(")) return undefined;
      entries.push([key, item.value]);
    }
    return { value: Object.fromEntries(entries) };
  }
  return undefined;
}

function wrap(value: string | undefined): { value: string } | undefined {
  return value === undefined ? undefined : { value };
}

function readString(text: string): string | undefined {
  const match = /^"((?:[^"\\\n]|\\.)*)"$/u.exec(text);
  if (match === null || hasTemplate(text)) return undefined;
  return plainTemplate(
    (match[1] ?? "").replace(/\\(n|r|t|"|\\|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})/g, (_, code: string) => {
      const simple: Record<string, string> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };
      return simple[code] ?? String.fromCodePoint(Number.parseInt(code.slice(1), 16));
    }),
  );
}

function readHeredoc(text: string): string | undefined {
  const match = /^<<(-?)([^\r\n]+)\r?\n([\s\S]*?)(?:^|\n)[ \t]*\2[ \t]*$/u.exec(text);
  if (match === null || hasTemplate(text)) return undefined;
  const lines = (match[3] ?? "").split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0);
  const cut = match[1] === "-" && indents.length > 0 ? indents.reduce((least, indent) => Math.min(least, indent)) : 0;
  const body = lines.map((line) => line.slice(Math.min(cut, line.length))).join("\n");
  return plainTemplate(match[3] === "" ? "" : `${body}\n`);
}

function hasTemplate(text: string): boolean {
  return /(?<!\$)\$\{|(?<!%)%\{/.test(text);
}

/** Removes the escapes from a text without interpolation. */
export function plainTemplate(text: string): string {
  return text.replaceAll("$${", "$" + "{").replaceAll("%%{", "%{");
}
