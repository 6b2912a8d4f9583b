import { matchAt, skipBlank, skipToken } from "./hcl-scan.ts";

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\p{L}\p{N}_.])/uy;
const KEYWORD = /(?:true|false|null)(?![\p{L}\p{N}_.-])/uy;
const NAME = /[\p{L}_][\p{L}\p{N}_-]*/uy;
const CLOSING = { "[": "]", "{": "}" } as const;

/**
 * Returns a literal expression as JSON, with every digit of its numbers: strings without interpolation, heredocs, numbers, true, false, null, and
 * tuples and objects of these, however deep. Undefined for anything else (a reference, a call, an operator), which only Terraform evaluates.
 */
export function literalJson(text: string): string | undefined {
  /** The open tuples and objects, from the outside: a list of our own, because they may nest deeper than the call stack. */
  const open: (keyof typeof CLOSING)[] = [];
  let json = "";
  let at = skipBlank(text, 0, true);
  for (;;) {
    const char = text[at];
    if (char === "[" || char === "{") {
      json += char;
      open.push(char);
      at = skipBlank(text, at + 1, true);
    } else {
      const end = endOfScalar(text, at);
      const scalar = end === undefined ? undefined : scalarJson(text.slice(at, end));
      if (end === undefined || scalar === undefined) return undefined;
      json += scalar;
      at = end;
    }
    let isSeparated = char === "[" || char === "{";
    // What is complete is closed, as far out as it goes.
    for (;;) {
      const inside = open.at(-1);
      const past = skipBlank(text, at, true);
      if (inside === undefined) return past === text.length ? json : undefined;
      const lines = text.slice(at, past).includes("\n") && inside === "{";
      at = past;
      if (text[at] === CLOSING[inside]) {
        json += CLOSING[inside];
        open.pop();
        at++;
        isSeparated = false;
        continue;
      }
      if (isSeparated) break;
      const isComma = text[at] === ",";
      if (!isComma && !lines) return undefined;
      if (isComma) at++;
      isSeparated = true;
      if (text[skipBlank(text, at, true)] !== CLOSING[inside]) json += ",";
    }
    if (open.at(-1) === "{") {
      const key = keyAt(text, at);
      if (key === undefined) return undefined;
      json += `${key.json}:`;
      at = key.end;
    }
  }
}

function keyAt(text: string, start: number): { json: string; end: number } | undefined {
  const name = matchAt(NAME, text, start)?.[0];
  const past = name === undefined && text[start] === '"' ? skipToken(text, start) : start + (name?.length ?? 0);
  const json = name === undefined ? readString(text.slice(start, past)) : JSON.stringify(name);
  const at = skipBlank(text, past, false);
  if (json === undefined || (text[at] !== "=" && text[at] !== ":")) return undefined;
  return { json, end: skipBlank(text, at + 1, true) };
}

function endOfScalar(text: string, at: number): number | undefined {
  if (text[at] === '"' || text.startsWith("<<", at)) return skipToken(text, at);
  const found = matchAt(NUMBER, text, at) ?? matchAt(KEYWORD, text, at);
  return found === null ? undefined : at + found[0].length;
}

function scalarJson(text: string): string | undefined {
  if (text.startsWith('"')) return readString(text);
  // HCL takes zeros in front of a number, JSON does not.
  return text.startsWith("<<") ? readHeredoc(text) : text.replace(/^(-?)0+(?=\d)/, "$1");
}

function readString(text: string): string | undefined {
  const match = /^"((?:[^"\\\n]|\\.)*)"$/u.exec(text);
  if (match === null || hasTemplate(text)) return undefined;
  const plain = (match[1] ?? "").replace(/\\(n|r|t|"|\\|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})/g, (_, code: string) => {
    const simple: Record<string, string> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };
    return simple[code] ?? codePoint(code.slice(1));
  });
  return JSON.stringify(withoutEscapes(plain));
}

function codePoint(hex: string): string {
  const code = Number.parseInt(hex, 16);
  return code > 0x10ffff ? "\ufffd" : String.fromCodePoint(code);
}

function readHeredoc(text: string): string | undefined {
  const match = /^<<(-?)([^\r\n]+)\r?\n([\s\S]*?)(?:^|\n)[ \t]*\2[ \t]*$/u.exec(text);
  if (match === null || hasTemplate(text)) return undefined;
  const lines = (match[3] ?? "").split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0);
  const cut = match[1] === "-" && indents.length > 0 ? indents.reduce((least, indent) => Math.min(least, indent)) : 0;
  const body = lines.map((line) => line.slice(Math.min(cut, line.length))).join("\n");
  return JSON.stringify(withoutEscapes(match[3] === "" ? "" : `${body}\n`));
}

function hasTemplate(text: string): boolean {
  return /(?<!\$)\$\{|(?<!%)%\{/.test(text);
}

/** Removes the escapes from a text without interpolation. */
function withoutEscapes(text: string): string {
  return text.replaceAll("$${", "$" + "{").replaceAll("%%{", "%{");
}
