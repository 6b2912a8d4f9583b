/** Values of a template's variables that are given as text, as a file for `terraform plan -var-file`. */
import { readdir } from "node:fs/promises";
import type { VariableValue } from "#proto/gen/provisioner_pb.js";
import { endOfBracket, scanBody, skipBlank, skipToken } from "./hcl-scan.ts";
import { parseJsonObject } from "./json.ts";
import { escapeQuoted } from "./json-syntax.ts";
import { readInside } from "./read-inside.ts";

/**
 * Writes the values as HCL, as Terraform would read the same texts from its environment: literally for strings, numbers, truth values and
 * variables without a type, as an expression for all others.
 *
 * @param types the source text of each declared variable's type, or nothing, by name. Terraform warns of values for others, so they are left out
 */
export function variableFile(values: readonly Pick<VariableValue, "name" | "value">[], types: ReadonlyMap<string, string>): string {
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
  return isOneExpression(value) ? `(\n${value}\n)` : quoted(value);
}

/** Whether brackets around it would hold it, and it alone: it neither closes them nor has a comma outside of its own ones. */
function isOneExpression(value: string): boolean {
  const inner = `${value}\n`;
  let isEmpty = true;
  if (endOfBracket(`[${inner}]`, 0) !== inner.length + 2) return false;
  for (let at = 0; at < inner.length; ) {
    const past = skipBlank(inner, at, true);
    if (past === at && inner[at] === ",") return false;
    if (past === at) isEmpty = false;
    at = past === at ? skipToken(inner, at) : past;
  }
  return !isEmpty;
}

/** A string of HCL without interpolation. */
function quoted(text: string): string {
  return `"${escapeQuoted(text).replaceAll(/[$%]\{/g, ([sign = ""]) => `${sign}${sign}{`)}"`;
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
