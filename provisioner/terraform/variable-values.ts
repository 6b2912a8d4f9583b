import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { VariableValue } from "#proto/gen/provisioner_pb.js";
import { variableFile, variablesOfTemplate } from "./variable-file.ts";
import { rootVariables } from "./variable-names.ts";

/** The file for values that are texts; that for JSON has `.json` after it. */
export const VALUES_FILE = "values.tfvars";

export type Values = readonly (Pick<VariableValue, "name" | "value"> & { readonly json?: boolean })[];

/** Values in files; disposing deletes them. */
export interface PlacedValues extends AsyncDisposable {
  readonly args: readonly string[];
  /** Those that a plan does not keep, so that the apply needs them again. */
  readonly ephemeral: Values;
}

/**
 * Hands Terraform the values that somebody set; the others it knows itself, exactly, as the defaults of its variables. None of them stands on
 * a command line, which is public, or in the environment, which every program of the template inherits. A variable that the template does not
 * have gets none, and one that the template's own files set keeps what they say, as with Terraform's `TF_VAR_…`.
 *
 * A value is either text or JSON. Text means what Terraform makes of it in `TF_VAR_…`: it is taken literally if the variable has no type, or is
 * a string, number or bool (which it is then converted to, so `1e3` is a number and `2 * 3` is not), and is read as an HCL expression for any
 * other type, `any` included. JSON is taken as it is for every type: with every digit of its numbers, with strings that are no templates, and
 * with null, which text cannot say.
 *
 * @param directory for the files, which only this user can read
 * @param template the folder of the root module
 */
export async function placeValues(directory: string, template: string, values: Values): Promise<PlacedValues> {
  const files: string[] = [];
  const place = async (name: string, content: string): Promise<void> => {
    files.push(path.join(directory, name));
    await writeFile(path.join(directory, name), content, { mode: 0o600, flag: "wx" });
  };
  const [declared, set] =
    values.length === 0 ? [[], new Set()] : await Promise.all([rootVariables(template), variablesOfTemplate(template)]);
  const types = new Map(declared.filter(({ name }) => !set.has(name)).map(({ name, type = "" }) => [name, type]));
  const ephemeral = new Set(declared.filter((variable) => variable.ephemeral === true).map(({ name }) => name));
  const known = values.filter(({ name }) => types.has(name));
  const [text, json] = [known.filter(({ json }) => !json), known.filter(({ json }) => json)];
  if (text.length > 0) await place(VALUES_FILE, variableFile(text, types));
  if (json.length > 0)
    await place(`${VALUES_FILE}.json`, `{\n${json.map(({ name, value }) => `${JSON.stringify(name)}: ${value}`).join(",\n")}\n}\n`);
  return {
    args: files.map((file) => `-var-file=${file}`),
    ephemeral: known.filter(({ name }) => ephemeral.has(name)),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(files.map((file) => rm(file, { force: true })));
    },
  };
}
