import { configurationFiles } from "./configuration-files.ts";
import { readVariables, type VariableBlock, VariableBlocks } from "./template-variables.ts";

/** Returns the names of the variables that a root module declares, in the order of files and lines. */
export async function readVariableNames(directory: string): Promise<Set<string>> {
  return new Set((await rootVariables(directory)).map(({ name }) => name));
}

/** The variables of a root module. What override files say of them counts, as for Terraform. */
export async function rootVariables(directory: string): Promise<VariableBlock[]> {
  const blocks = new VariableBlocks();
  for await (const file of configurationFiles(directory)) for (const block of readVariables(file)) blocks.add(block);
  return blocks.values();
}
