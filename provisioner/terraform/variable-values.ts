import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { VariableValue } from "#proto/gen/provisioner_pb.js";
import type { Environment } from "./command.ts";
import { configurationFiles } from "./configuration-files.ts";
import { scanBody } from "./hcl-scan.ts";
import { readJsonVariables, readVariable, VariableBlocks } from "./template-variables.ts";

export type Values = readonly (Pick<VariableValue, "name" | "value"> & { readonly json?: boolean })[];

export interface PlacedValues {
  readonly env: Environment;
  readonly args: readonly string[];
}

/**
 * Hands Terraform the values that somebody set; the others it knows itself, exactly, as the defaults of its variables. Command lines are public,
 * so none of them holds a value.
 *
 * A value is either text or JSON. Text goes to `TF_VAR_…`, and means what Terraform makes of it there: it is taken literally if the variable
 * has no type, or is a string, number or bool (which it is then converted to, so `1e3` is a number and `2 * 3` is not), and is read as an HCL
 * expression for any other type, `any` included. JSON goes to a `.tfvars.json` file, and is taken as it is for every type: with every digit of
 * its numbers, with strings that are no templates, and with null, which text cannot say.
 *
 * @param directory for the file, which only this user can read
 */
export async function placeValues(directory: string, values: Values): Promise<PlacedValues> {
  const env = Object.fromEntries(values.filter(({ json }) => !json).map(({ name, value }) => [`TF_VAR_${name}`, value]));
  const members = values.filter(({ json }) => json).map(({ name, value }) => `${JSON.stringify(name)}: ${value}`);
  if (members.length === 0) return { env, args: [] };
  const file = path.join(directory, "values.tfvars.json");
  await writeFile(file, `{\n${members.join(",\n")}\n}\n`, { mode: 0o600 });
  return { env, args: [`-var-file=${file}`] };
}

/** Names the root module's ephemeral variables: a plan does not keep their values, so the apply needs them again. */
export async function ephemeralVariables(directory: string): Promise<ReadonlySet<string>> {
  const blocks = new VariableBlocks();
  for await (const { syntax, text } of configurationFiles(directory)) {
    // Most files do not have the word, and looking for it is faster than scanning them.
    if (!text.includes("ephemeral")) continue;
    const found =
      syntax === "hcl"
        ? scanBody(text)
            .blocks.filter(({ type }) => type === "variable")
            .map(readVariable)
        : readJsonVariables(text);
    for (const block of found) blocks.add(block);
  }
  return new Set(
    blocks
      .values()
      .filter(({ ephemeral }) => ephemeral === true)
      .map(({ name }) => name),
  );
}
