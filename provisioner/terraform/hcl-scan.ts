/**
 * Scans just enough of HCL's native syntax to find blocks and the source text of their attributes, without evaluating anything.
 * It is tolerant: Terraform itself reads the template before this, and refuses mistakes.
 */
export interface HclBlock {
  readonly type: string;
  readonly labels: readonly string[];
  readonly body: string;
  /** The line of its first character, from 1. */
  readonly line: number;
}

export interface HclAttribute {
  readonly name: string;
  /** The source text, without comments around it. */
  readonly expression: string;
}

interface Body {
  readonly attributes: readonly HclAttribute[];
  readonly blocks: readonly HclBlock[];
}

const IDENTIFIER = /[\p{L}_][\p{L}\p{N}_-]*/uy;
const HEREDOC = /<<-?([\p{L}_][\p{L}\p{N}_-]*)\r?\n/uy;

/** @param firstLine line number of the text's first character */
export function scanBody(text: string, firstLine = 1): Body {
  const attributes: HclAttribute[] = [];
  const blocks: HclBlock[] = [];
  let [line, counted] = [firstLine, 0];
  let at = 0;
  while (at < text.length) {
    const skipped = skipBlank(text, at, true);
    if (skipped !== at) {
      at = skipped;
      continue;
    }
    const name = matchAt(IDENTIFIER, text, at)?.[0];
    if (name === undefined) {
      at = skipToken(text, at);
      continue;
    }
    const start = at;
    at = skipBlank(text, at + name.length, false);
    if (text[at] === "=" && text[at + 1] !== "=") {
      const from = skipBlank(text, at + 1, false);
      at = endOfExpression(text, from);
      attributes.push({ name, expression: text.slice(from, at).trim() });
      continue;
    }
    const labels: string[] = [];
    for (;;) {
      const label = matchAt(IDENTIFIER, text, at)?.[0];
      const end = label !== undefined ? at + label.length : text[at] === '"' ? skipToken(text, at) : at;
      if (end === at) break;
      labels.push(label ?? text.slice(at + 1, end - 1));
      at = skipBlank(text, end, false);
    }
    if (text[at] !== "{") continue;
    const end = endOfBracket(text, at);
    // Counts from the previous block: counting from the start each time would take quadratic time in a file with many blocks.
    line += lineBreaks(text, counted, start);
    counted = start;
    blocks.push({ type: name, labels, body: text.slice(at + 1, end - 1), line });
    at = end;
  }
  return { attributes, blocks };
}

/** Returns the `key = value` pairs of an object expression, or undefined for another kind of expression. */
export function scanObject(expression: string): { readonly key: string; readonly expression: string }[] | undefined {
  const text = expression.trim();
  if (!text.startsWith("{") || endOfBracket(text, 0) !== text.length) return undefined;
  const inner = text.slice(1, -1);
  const pairs: { key: string; expression: string }[] = [];
  let at = 0;
  while (at < inner.length) {
    const skipped = skipBlank(inner, at, true);
    if (skipped !== at || inner[at] === ",") {
      at = Math.max(skipped, at + (inner[at] === "," ? 1 : 0));
      continue;
    }
    const start = at;
    while (at < inner.length && inner[at] !== "=" && inner[at] !== ":") at = skipToken(inner, at);
    const key = inner.slice(start, at).trim();
    const from = skipBlank(inner, at + 1, false);
    at = endOfExpression(inner, from, ",");
    pairs.push({ key: /^".*"$/s.test(key) ? key.slice(1, -1) : key, expression: inner.slice(from, at).trim() });
  }
  return pairs;
}

/** Skips spaces and comments, and line breaks only if `lines` is set. */
export function skipBlank(text: string, start: number, lines: boolean): number {
  let at = start;
  for (;;) {
    const char = text[at];
    if (char === " " || char === "\t" || char === "\r" || char === "\uFEFF" || (lines && char === "\n")) at++;
    else if (isLineComment(text, at)) {
      while (at < text.length && text[at] !== "\n") at++;
    } else if (text.startsWith("/*", at)) {
      const end = text.indexOf("*/", at + 2);
      at = end === -1 ? text.length : end + 2;
    } else return at;
  }
}

function isLineComment(text: string, at: number): boolean {
  return text[at] === "#" || text.startsWith("//", at);
}

/** Skips one string, heredoc, bracketed group or character. */
export function skipToken(text: string, at: number): number {
  const char = text[at];
  if (char === '"') return endOfNested(text, at + 1, "text");
  if (isOpening(char)) return endOfNested(text, at + 1, "code");
  return endOfHeredoc(text, at) ?? at + 1;
}

/** Returns the index after the bracket that closes the one at `start`. */
export function endOfBracket(text: string, start: number): number {
  return endOfNested(text, start + 1, "code");
}

/** Inside a quoted string, or inside a bracket or the interpolation of a string. */
type Inside = "text" | "code";

/** Returns the index after what closes this level. The open levels are a list, because a template may nest deeper than the call stack. */
function endOfNested(text: string, start: number, first: Inside): number {
  const open: Inside[] = [first];
  let at = start;
  while (open.length > 0 && at < text.length) {
    const char = text[at];
    if (open.at(-1) === "text") {
      if (char === "\\") at += 2;
      else if (char === '"' || char === "\n") {
        open.pop();
        at++;
      } else if (text.startsWith("$${", at) || text.startsWith("%%{", at)) at += 3;
      else if (text.startsWith("${", at) || text.startsWith("%{", at)) {
        open.push("code");
        at += 2;
      } else at++;
      continue;
    }
    const past = skipBlank(text, at, true);
    if (past !== at) {
      at = past;
      continue;
    }
    if (isClosing(char)) open.pop();
    else if (char === '"') open.push("text");
    else if (isOpening(char)) open.push("code");
    at = endOfHeredoc(text, at) ?? at + 1;
  }
  return Math.min(at, text.length);
}

function isOpening(char: string | undefined): boolean {
  return char === "{" || char === "[" || char === "(";
}

function isClosing(char: string | undefined): boolean {
  return char === "}" || char === "]" || char === ")";
}

/** Returns the index after the closing marker of the heredoc at `at`; undefined if there is none. */
function endOfHeredoc(text: string, at: number): number | undefined {
  if (text[at] !== "<") return undefined;
  const heredoc = matchAt(HEREDOC, text, at);
  if (heredoc === null) return undefined;
  const closing = new RegExp(`^[ \\t]*${heredoc[1]}[ \\t]*\\r?$`, "gmu");
  closing.lastIndex = at + heredoc[0].length;
  return closing.exec(text) === null ? text.length : closing.lastIndex;
}

/** Returns the index of the line break, comment, closing bracket or stop character that ends an expression. */
function endOfExpression(text: string, start: number, stop = "\n"): number {
  let at = start;
  while (at < text.length) {
    const char = text[at];
    if (char === "\n" || char === stop || char === "}" || isLineComment(text, at)) return at;
    at = skipToken(text, at);
  }
  return at;
}

export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function lineBreaks(text: string, start: number, end: number): number {
  let breaks = 0;
  for (let at = start; at < end; at++) if (text[at] === "\n") breaks++;
  return breaks;
}
