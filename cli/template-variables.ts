import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { VariableValue } from "#sdk/template-versions.ts";
import { CliError } from "./failure.ts";

export interface TemplateVariables {
  readonly values: readonly VariableValue[];
  /** Files in HCL syntax, which only Terraform can read; their values are not sent. */
  readonly unread: readonly string[];
}

/**
 * Collects the values of a template's variables: from the folder's variable files in JSON, in the given order, then from the command
 * line. Later values win. A value that is not a string is sent as JSON, which is also how Terraform reads it from the environment.
 */
export async function readTemplateVariables(
  folder: string,
  files: readonly string[],
  given: Readonly<Record<string, string>>,
): Promise<TemplateVariables> {
  const values = new Map<string, string>();
  for (const file of files.filter((name) => name.endsWith(".json"))) {
    for (const [name, value] of Object.entries(await readJsonObject(join(folder, file)))) {
      values.set(name, typeof value === "string" ? value : JSON.stringify(value));
    }
  }
  for (const [name, value] of Object.entries(given)) values.set(name, value);
  return {
    values: Array.from(values, ([name, value]) => ({ name, value })),
    unread: files.filter((name) => !name.endsWith(".json")),
  };
}

async function readJsonObject(path: string): Promise<object> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new CliError(`${path} cannot be read as JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) throw new CliError(`${path} must contain one JSON object`);
  return content;
}
