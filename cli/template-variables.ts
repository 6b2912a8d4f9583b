import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { nearestName } from "#sdk/nearest-name.ts";
import type { VariableValue } from "#sdk/template-versions.ts";
import { membersOf } from "#tfstate/json-source.ts";
import { CliError } from "./failure.ts";

export interface TemplateVariables {
  readonly values: readonly VariableValue[];
  /** Files in HCL syntax, which only Terraform can read; their values are not sent. */
  readonly unread: readonly string[];
  /** Names in files that the template does not have, each with its file. Terraform only warns of them, and they are not sent. */
  readonly unknown: readonly { readonly file: string; readonly name: string }[];
}

export interface GivenVariables {
  /** Values from the command line, which win over all files. */
  readonly values: Readonly<Record<string, string>>;
  /** Names that go back to the template's defaults, whatever the files say. */
  readonly defaults: readonly string[];
}

/**
 * Collects the values of a template's variables: from the folder's variable files in JSON, in the given order, then from the command
 * line. Later values win. Values from files stay JSON, as Terraform reads them: with every digit of a number, and with null.
 *
 * @param names the variables of the template; undefined if nobody knows them yet
 * @throws CliError for a file that cannot be read, and for a name on the command line that the template does not have
 */
export async function readTemplateVariables(
  folder: string,
  files: readonly string[],
  given: GivenVariables,
  names: ReadonlySet<string> | undefined,
): Promise<TemplateVariables> {
  for (const name of [...Object.keys(given.values), ...given.defaults]) if (names?.has(name) === false) throw unknownVariable(name, names);
  const values = new Map<string, VariableValue>();
  const unknown: { file: string; name: string }[] = [];
  for (const file of files.filter((name) => name.endsWith(".json"))) {
    for (const [name, value] of await readMembers(join(folder, file))) {
      if (names?.has(name) === false) unknown.push({ file, name });
      else values.set(name, { name, value, format: "json" });
    }
  }
  for (const [name, value] of Object.entries(given.values)) values.set(name, { name, value });
  for (const name of given.defaults) values.delete(name);
  return { values: [...values.values()], unread: files.filter((name) => !name.endsWith(".json")), unknown };
}

function unknownVariable(name: string, names: ReadonlySet<string>): CliError {
  const nearest = nearestName(name, names);
  const known = names.size === 0 ? "It has none." : `Its variables are: ${[...names].join(", ")}`;
  return new CliError(`the template has no variable ${JSON.stringify(name)}`, {
    details: [nearest === undefined ? known : `Did you mean ${JSON.stringify(nearest)}?`],
  });
}

async function readMembers(path: string): Promise<[name: string, value: string][]> {
  const text = (await readFile(path, "utf8")).replace(/^\uFEFF/, "");
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new CliError(`${path} cannot be read as JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) throw new CliError(`${path} must contain one JSON object`);
  return membersOf(text);
}
