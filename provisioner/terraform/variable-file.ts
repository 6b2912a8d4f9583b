/**
 * Values of a template's variables, as a file for `terraform plan -var-file`. In Terraform's environment, every program that a template
 * runs would inherit them.
 */
import { readdir } from "node:fs/promises";
import { scanBody, scanTuple } from "./hcl-scan.ts";
import { parseJsonObject } from "./json.ts";
import { readInside } from "./read-inside.ts";

export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

/**
 * Writes the values as HCL, as Terraform would read the same texts from its environment: literally for strings, numbers, truth values and
 * variables without a type, as an expression for all others.
 *
 * @param types the source text of each declared variable's type, or nothing, by name. Terraform warns of values for others, so they are left out
 */
export function variableFile(values: readonly NamedValue[], types: ReadonlyMap<string, string>): string {
  return values
    .flatMap(({ name, value }) => {
      const type = types.get(name);
      if (type === undefined) return [];
      return `${name} = ${isLiteral(type) ? quoted(value) : expressionOf(value)}\n`;
    })
    .join("");
}

function isLiteral(type: string): boolean {
  return ["", "string", "number", "bool"].includes(type.replace(/^"(.*)"$/, "$1").trim());
}

/** One expression, whatever the text is: it must not end before its end. What is none becomes a string, of which Terraform says what is wrong. */
function expressionOf(value: string): string {
  return scanTuple(`[${value}\n]`)?.length === 1 ? `(\n${value}\n)` : quoted(value);
}

/** A string of HCL without interpolation. */
function quoted(text: string): string {
  const escaped = JSON.stringify(text).replaceAll(/\\[bf]/g, (code) => (code === "\\b" ? "\\u0008" : "\\u000c"));
  return escaped.replaceAll(/[$%]\{/g, ([sign = ""]) => `${sign}${sign}{`);
}

/** The variables that the template itself gives values, in files that Terraform reads by itself. They come before the environment. */
export async function variablesOfTemplate(directory: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const file of await readdir(directory)) {
    const isJson = file.endsWith(".json");
    if (!/^terraform\.tfvars(\.json)?$|\.auto\.tfvars(\.json)?$/.test(file)) continue;
    const text = (await readInside(directory, file)) ?? "";
    const found = isJson ? Object.keys(parseJsonObject(text) ?? {}) : scanBody(text).attributes.map(({ name }) => name);
    for (const name of found) names.add(name);
  }
  return names;
}
