/** Reads the tables of what the provider refuses, warns of and lets pass: `refusals/*.md`, one file a type, whose README tells the columns. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SeenDiagnostic } from "#provider/sdk/fake-host.ts";

export const PHASES = ["validate", "configure", "plan", "apply", "read"] as const;
export type Phase = (typeof PHASES)[number];

export type Json = Readonly<Record<string, unknown>>;

/** One case: a configuration, and everything that is said to it in one phase, in order. */
export interface Refusal {
  /** `coder_app`, `data.coder_parameter`, `provider`. */
  readonly type: string;
  /** Unique in the type's table. */
  readonly name: string;
  readonly config: Json;
  /** The build's variables. */
  readonly env: Readonly<Record<string, string>>;
  /** The configuration that was applied before; undefined for a new object. */
  readonly before: Json | undefined;
  readonly when: Phase;
  readonly said: readonly SeenDiagnostic[];
  /** `file.md:12`, for messages. */
  readonly place: string;
}

const COLUMNS = ["case", "config", "when", "severity", "summary", "path", "detail"];
const TABLES = join(import.meta.dirname, "refusals");

/** Of all types. */
export async function readRefusals(): Promise<readonly Refusal[]> {
  const files = (await readdir(TABLES)).filter((file) => file.endsWith(".md") && file !== "README.md").sort();
  const tables = await Promise.all(
    files.map(async (file) => parseRefusals(file.slice(0, -".md".length), await readFile(join(TABLES, file), "utf8"))),
  );
  return tables.flat();
}

/** @throws Error that names file and line, for whatever could make a row say less than its writer meant */
export function parseRefusals(type: string, markdown: string): readonly Refusal[] {
  const cases: { head: Omit<Refusal, "said">; said: SeenDiagnostic[]; open: boolean }[] = [];
  for (const { cells, fail, place } of rowsOf(type, markdown)) {
    const [name = "", config = "", when = "", severity = "", summary = "", path = "", detail = ""] = cells;
    const diagnostic = parseDiagnostic({ severity, summary, path, detail }, fail);
    const last = cases.at(-1);
    if (config === "") {
      if (last?.head.name !== name) fail(`${JSON.stringify(name)} has no configuration, and is not the case of the row above`);
      else if (last.head.when !== when) fail(`one case has two phases, ${last.head.when} and ${when}`);
      else if (!last.open || diagnostic === undefined) fail("severity none says that nothing is said: it is a case's only row");
      else last.said.push(diagnostic);
      continue;
    }
    if (name === "") fail("the case has no name");
    if (cases.some(({ head }) => head.name === name)) fail(`there are two cases ${JSON.stringify(name)}`);
    const head = { type, name, place, when: parsePhase(type, when, fail), ...parseConfig(config, fail) };
    if (head.before !== undefined && head.when !== "plan" && head.when !== "apply") fail(`nothing comes before ${head.when}`);
    cases.push({ head, said: diagnostic === undefined ? [] : [diagnostic], open: diagnostic !== undefined });
  }
  if (cases.length === 0) throw new Error(`${type}.md: there is no row`);
  return cases.map(({ head, said }) => ({ ...head, said }));
}

type Fail = (problem: string) => never;

function* rowsOf(type: string, markdown: string): Generator<{ cells: readonly string[]; fail: Fail; place: string }> {
  let row = 0;
  for (const [index, line] of markdown.split("\n").entries()) {
    if (!line.startsWith("|")) {
      if (row > 0 && line.trim() !== "") throw new Error(`${type}.md:${index + 1}: a line after the table's start is no row of it`);
      continue;
    }
    const place = `${type}.md:${index + 1}`;
    const fail: Fail = (problem) => {
      throw new Error(`${place}: ${problem}`);
    };
    const cells = cellsOf(line, fail);
    row++;
    if (row === 1) {
      if (cells.join() !== COLUMNS.join()) fail(`the columns must be ${COLUMNS.join(", ")}`);
    } else if (row === 2) {
      if (!cells.every((cell) => /^:?-+:?$/.test(cell))) fail("the second line of a table must be its rule");
    } else {
      if (cells.length !== COLUMNS.length) fail(`${cells.length} cells in place of ${COLUMNS.length}`);
      yield { cells, fail, place };
    }
  }
}

function cellsOf(line: string, fail: Fail): readonly string[] {
  const parts = line
    .trimEnd()
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
  if (parts.length < 3 || parts.at(-1) !== "") fail("a row starts and ends with a pipe");
  return parts.slice(1, -1);
}

function parsePhase(type: string, when: string, fail: Fail): Phase {
  const phase = PHASES.find((one) => one === when) ?? fail(`unknown phase ${JSON.stringify(when)}`);
  const possible =
    type === "provider"
      ? ["validate", "configure"]
      : type.startsWith("data.")
        ? ["validate", "read"]
        : ["validate", "plan", "apply", "read"];
  if (!possible.includes(phase)) fail(`a row of ${type} cannot be of the phase ${phase}`);
  return phase;
}

function parseConfig(cell: string, fail: Fail): Pick<Refusal, "config" | "env" | "before"> {
  const found = new Map<string, Json>();
  for (const { label, text } of spansOf(cell, fail)) {
    if (label !== "" && label !== "env" && label !== "before") fail(`unknown label ${JSON.stringify(label)} in the configuration`);
    if (found.has(label)) fail(label === "" ? "two configurations" : `two of ${label}`);
    found.set(label, parseObject(text, fail));
  }
  const env = Object.entries(found.get("env") ?? {}).map(([name, value]) => {
    if (typeof value !== "string") fail(`the variable ${name} is not a string`);
    return [name, String(value)] as const;
  });
  return { config: found.get("") ?? fail("no configuration"), env: Object.fromEntries(env), before: found.get("before") };
}

function parseObject(text: string, fail: Fail): Json {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    fail(`${error instanceof Error ? error.message : String(error)} in ${text}`);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) fail(`not an object: ${text}`);
  return { ...json };
}

interface DiagnosticCells {
  readonly severity: string;
  readonly summary: string;
  readonly path: string;
  readonly detail: string;
}

/** Undefined if nothing is said. */
function parseDiagnostic({ severity, summary, path, detail }: DiagnosticCells, fail: Fail): SeenDiagnostic | undefined {
  if (severity === "none") {
    if (summary + path + detail !== "") fail("where nothing is said, there is no summary, path or detail");
    return undefined;
  }
  if (severity !== "error" && severity !== "warning") return fail(`unknown severity ${JSON.stringify(severity)}`);
  if (summary === "") fail("a diagnostic has a summary");
  return { severity, summary: textOf(summary, fail), detail: textOf(detail, fail), path: path.includes("`") ? textOf(path, fail) : path };
}

function textOf(cell: string, fail: Fail): string {
  const [span, ...more] = spansOf(cell, fail);
  if (span === undefined) return "";
  if (more.length > 0 || span.label !== "") fail(`one text in backticks is asked for: ${cell}`);
  return span.text.replaceAll("⏎", "\n");
}

/** The code spans of a cell, as Markdown reads them, each with the words before it. */
function spansOf(cell: string, fail: Fail): readonly { label: string; text: string }[] {
  const spans: { label: string; text: string }[] = [];
  let rest = cell;
  while (rest.trim() !== "") {
    const match = /^([^`]*)(`+)(?!`)([\s\S]*?)(?<!`)\2(?!`)/.exec(rest);
    if (match === null) return fail(`text outside of backticks, or backticks without their end: ${rest}`);
    const [all, label = "", , text = ""] = match;
    const isPadded = text.startsWith(" ") && text.endsWith(" ") && text.trim() !== "";
    spans.push({ label: label.trim(), text: isPadded ? text.slice(1, -1) : text });
    rest = rest.slice(all.length);
  }
  return spans;
}
