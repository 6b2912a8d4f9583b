import { type JsonObject, numberMember, objectMember, objectsMember, stringMember } from "./json.ts";
import { VALUES_FILE } from "./variable-values.ts";

/** A problem that Terraform's `-json` commands report, with its place as far as Terraform knows it. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  /** The resource instance with the problem. */
  readonly address?: string;
  readonly place?: { readonly file: string; readonly line: number; readonly context?: string };
  readonly code?: { readonly text: string; readonly startLine: number };
  /** The values of expressions in the code, such as `var.size is "big"`. */
  readonly values: readonly string[];
}

/** The files in which variables get their values. Terraform shows their lines, also those of sensitive variables. */
const OF_VALUES = new RegExp(`(^|[/\\\\])run[/\\\\]${VALUES_FILE.replaceAll(".", "\\.")}(\\.json)?$`);

/** Reads the diagnostic of a JSON log line, if it has one, without what Terraform shows of the values of variables. */
export function readDiagnostic(line: JsonObject): Diagnostic | undefined {
  const source = objectMember(line, "diagnostic");
  if (source === undefined) return undefined;
  const range = objectMember(source, "range");
  const isOfValues = range !== undefined && OF_VALUES.test(stringMember(range, "filename") ?? "");
  const snippet = isOfValues ? undefined : objectMember(source, "snippet");
  const start = range === undefined ? undefined : objectMember(range, "start");
  const file = range === undefined || isOfValues ? undefined : stringMember(range, "filename");
  const address = stringMember(source, "address");
  const context = snippet === undefined ? undefined : stringMember(snippet, "context");
  const code = snippet === undefined ? undefined : stringMember(snippet, "code");
  return {
    severity: stringMember(source, "severity") === "warning" ? "warning" : "error",
    summary: stringMember(source, "summary") ?? "",
    detail: (stringMember(source, "detail") ?? "").trimEnd(),
    ...(address !== undefined && { address }),
    ...(file !== undefined && {
      place: { file, line: start === undefined ? 0 : (numberMember(start, "line") ?? 0), ...(context !== undefined && { context }) },
    }),
    ...(snippet !== undefined && code !== undefined && { code: { text: code, startLine: numberMember(snippet, "start_line") ?? 1 } }),
    values: (snippet === undefined ? [] : objectsMember(snippet, "values"))
      .map((value) => `${stringMember(value, "traversal") ?? ""} ${stringMember(value, "statement") ?? ""}`.trim())
      .sort(),
  };
}

/** Formats place, code, values and detail as lines, without the summary. */
export function formatDiagnostic(diagnostic: Diagnostic): string[] {
  const lines: string[] = [];
  const { address, place, code, values, detail } = diagnostic;
  if (address !== undefined) lines.push(`  with ${address},`);
  if (place !== undefined) {
    const inside = place.context === undefined ? "" : `, in ${place.context}`;
    lines.push(`  on ${place.file} line ${place.line}${inside}:`);
  }
  if (code !== undefined) {
    const source = code.text.split("\n");
    const width = Math.max(4, String(code.startLine + source.length - 1).length);
    for (const [index, text] of source.entries()) lines.push(`${String(code.startLine + index).padStart(width)}: ${text}`);
  }
  if (values.length > 0) lines.push("    ├────────────────", ...values.map((value) => `    │ ${value}`));
  if (detail !== "") {
    if (lines.length > 0) lines.push("");
    lines.push(...detail.split("\n"));
  }
  return lines;
}

/** Formats the whole diagnostic as one text, for the error of a job. */
export function describeDiagnostic(diagnostic: Diagnostic): string {
  const title = diagnostic.severity === "warning" ? "Warning" : "Error";
  return [`${title}: ${diagnostic.summary}`, ...formatDiagnostic(diagnostic)].join("\n");
}
