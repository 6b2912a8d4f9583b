import { type Diagnostic, formatDiagnostic, readDiagnostic } from "./diagnostic.ts";
import { type JsonObject, parseJsonObject, stringMember } from "./json.ts";

/** Levels in rising order. */
export const LEVELS = ["trace", "debug", "info", "warn", "error"] as const;
export type Level = (typeof LEVELS)[number];

/** One line of a job's log. */
export interface TerraformLogLine {
  readonly level: Level;
  readonly text: string;
}

/** The content of one line of Terraform's output: text for people and, if it is JSON, an event for us. */
export interface ReadLine {
  readonly lines: readonly TerraformLogLine[];
  readonly event?: JsonObject;
  readonly diagnostic?: Diagnostic;
}

const LEVEL_NAMES: ReadonlyMap<string, Level> = new Map([...LEVELS.map((level): [string, Level] => [level, level]), ["warning", "warn"]]);

/** How Terraform begins and ends a line of output of a provisioner, such as `local-exec`. Its keys are sorted. */
const PROGRESS_START = '{"@level":"info","@message":"';
const PROGRESS_MESSAGE_END = '","@module":"';
const PROGRESS_END = '"type":"provision_progress"}';

/**
 * Takes the message out of such a line without parsing the rest, which says nothing else: they come by the hundred thousand.
 *
 * @returns undefined for any other line. A quote inside the message is escaped, so it cannot be taken for its end
 */
function progressMessage(line: string): string | undefined {
  if (!line.endsWith(PROGRESS_END) || !line.startsWith(PROGRESS_START)) return undefined;
  const end = line.indexOf(PROGRESS_MESSAGE_END, PROGRESS_START.length);
  const text = line.slice(PROGRESS_START.length, end);
  return end === -1 || text.includes("\\") || text.trim() === "" ? undefined : text;
}

/** Reads a line of standard output of `init`, `plan` or `apply`, which write JSON if their version can. */
export function readOutputLine(line: string): ReadLine {
  const progress = progressMessage(line);
  if (progress !== undefined) return { lines: [{ level: "info", text: progress }] };
  if (line.trim() === "") return { lines: [] };
  const event = parseJsonObject(line);
  const message = event === undefined ? undefined : stringMember(event, "@message");
  if (event === undefined || message === undefined) return { lines: [{ level: "info", text: line }] };
  const name = stringMember(event, "@level") ?? "";
  const level = LEVEL_NAMES.get(name);
  const lines = split(message).map((text): TerraformLogLine => ({ level: level ?? "info", text }));
  if (level === undefined) lines.push({ level: "warn", text: `the preceding line has an unknown log level: ${JSON.stringify(name)}` });
  const diagnostic = readDiagnostic(event);
  if (diagnostic === undefined) return { lines, event };
  const severity = diagnostic.severity === "warning" ? "warn" : "error";
  return {
    lines: [...lines, ...formatDiagnostic(diagnostic).map((text): TerraformLogLine => ({ level: severity, text }))],
    event,
    diagnostic,
  };
}

/** Reads a line of standard error: the text of an error or, if Terraform's own tracing is on, JSON from its components. */
export function readErrorLine(line: string): ReadLine {
  if (line.trim() === "") return { lines: [] };
  const event = parseJsonObject(line);
  const message = event === undefined ? undefined : stringMember(event, "@message");
  if (event === undefined || message === undefined) return { lines: [{ level: "error", text: line }] };
  const level = LEVEL_NAMES.get(stringMember(event, "@level") ?? "") ?? "info";
  if (level === "trace") return { lines: [], event };
  return { lines: split(message).map((text) => ({ level: level === "info" ? "debug" : level, text })), event };
}

function split(message: string): string[] {
  const lines = message.split("\n");
  const first = lines.findIndex((line) => line.trim() !== "");
  // Not one by one from the beginning: that takes quadratic time, and this is the server's process.
  return first === -1 ? [] : lines.slice(first, lines.findLastIndex((line) => line.trim() !== "") + 1);
}
