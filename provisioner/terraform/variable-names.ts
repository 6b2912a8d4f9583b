import { configurationFiles } from "./configuration-files.ts";
import { scanBody } from "./hcl-scan.ts";
import { readJsonVariables, readVariable } from "./template-variables.ts";

/** Returns the names of the variables that a root module declares, in the order of files and lines. */
export async function readVariableNames(directory: string): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const { syntax, text } of configurationFiles(directory)) {
    const blocks =
      syntax === "hcl"
        ? scanBody(text)
            .blocks.filter(({ type }) => type === "variable")
            .map(readVariable)
        : readJsonVariables(text);
    for (const { name } of blocks) names.add(name);
  }
  return names;
}
