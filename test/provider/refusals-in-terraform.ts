import { type SeenDiagnostic, UNKNOWN_TEXT } from "#provider/sdk/fake-host.ts";
import type { Json, Refusal } from "./refusals.ts";
import type { JsonDiagnostic } from "./state.ts";

/** Whether a case says the same to a Terraform that starts with nothing and knows everything. */
export function isConfiguration({ config, env, before }: Refusal): boolean {
  return before === undefined && Object.keys(env).length === 0 && !JSON.stringify(config).includes(UNKNOWN_TEXT);
}

/** One file holds one case, so that the file that a diagnostic names tells whose it is. */
export function fileOf(index: number): string {
  return `case-${index}.tf.json`;
}

/** The case in Terraform's JSON syntax, a property a line. */
export function terraformFile({ type, config }: Refusal, index: number): string {
  const name = `case_${index}`;
  const body = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, literal(value)]));
  const json = type.startsWith("data.")
    ? { data: { [type.slice("data.".length)]: { [name]: body } } }
    : type === "provider"
      ? // Terraform asks nothing of a provider that nothing uses.
        { provider: { coder: { alias: name, ...body } }, data: { coder_provisioner: { [name]: { provider: `coder.${name}` } } } }
      : { resource: { [type]: { [name]: body } } };
  return JSON.stringify(json, null, 2);
}

/** Every string of Terraform's JSON syntax is a template, keys of maps too. */
function literal(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll(/[$%](?=\{)/g, "$&$&");
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [literal(key), literal(item)]));
}

/** From the one object that `validate -json` prints, or the lines of `plan -json` and `apply -json`. */
export function diagnosticsIn(stdout: string): readonly JsonDiagnostic[] {
  if (stdout.startsWith("{\n")) return JSON.parse(stdout).diagnostics;
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line): { diagnostic?: JsonDiagnostic } => JSON.parse(line))
    .flatMap(({ diagnostic }) => (diagnostic === undefined ? [] : [diagnostic]));
}

/** A configuration of cases. */
export function terraformFiles(cases: readonly (readonly [Refusal, number])[]): Readonly<Record<string, string>> {
  const main: Json = { terraform: { required_providers: { coder: { source: "coder/coder" } } } };
  return {
    "main.tf.json": JSON.stringify(main),
    ...Object.fromEntries(cases.map(([one, index]) => [fileOf(index), terraformFile(one, index)])),
  };
}

export interface AskedCase {
  readonly refusal: Refusal;
  readonly index: number;
  readonly expected: readonly SeenDiagnostic[];
}

/**
 * How what Terraform printed differs from what the tables say, a line a difference. Terraform asks about a block once a phase and prints in
 * the order in which it comes to the blocks: neither order nor repetition counts.
 */
export function differences(cases: readonly AskedCase[], printed: readonly JsonDiagnostic[]): readonly string[] {
  const byFile = Map.groupBy(printed, ({ range }) => range?.filename);
  const found: string[] = [];
  for (const { refusal, index, expected } of cases) {
    const said = byFile.get(fileOf(index)) ?? [];
    byFile.delete(fileOf(index));
    const tell = (what: string, text: string) => found.push(`${refusal.place} ${refusal.type}, ${refusal.name}: ${what} ${text}`);
    const [wanted, got] = [new Set(expected.map(textOf)), new Set(said.map(textOf))];
    for (const text of wanted.difference(got)) tell("not printed:", text);
    for (const text of got.difference(wanted)) tell("printed:", text);
    for (const one of said) {
      const { path } = expected.find((other) => textOf(other) === textOf(one)) ?? { path: "" };
      if (!pointsAt(path, one)) tell(`does not point at ${path}:`, textOf(one));
    }
  }
  for (const one of [...byFile.values()].flat()) found.push(`of no case: ${textOf(one)} ${one.range?.filename ?? "without a file"}`);
  return found;
}

function textOf({ severity, summary, detail }: { severity: string; summary: string; detail: string }): string {
  return `${severity}: ${summary}${detail === "" ? "" : `\n${detail}`}`;
}

/** Terraform prints the lines that it means; for a nested block that would be a brace, but it says in which block that is. */
function pointsAt(path: string, { snippet }: JsonDiagnostic): boolean {
  const name = path
    .replaceAll(/\[[^\]]*\]/g, "")
    .split(".")
    .at(-1);
  return snippet !== undefined && (snippet.code.includes(`"${name}"`) || path === "" || snippet.context?.endsWith(`.${path}`) === true);
}
