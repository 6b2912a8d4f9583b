import { readdir } from "node:fs/promises";
import { readInside } from "./read-inside.ts";

export interface ConfigurationFile {
  readonly name: string;
  readonly syntax: "hcl" | "json";
  /** Terraform reads it after all others, and merges its blocks into theirs. */
  readonly isOverride: boolean;
  readonly text: string;
}

/**
 * Yields the files of a module that Terraform reads, in its order: sorted by name, override files last. It reads no directories, and no backup
 * files of editors.
 */
export async function* configurationFiles(directory: string): AsyncGenerator<ConfigurationFile> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isDirectory() && !isLeftBehind(entry.name)).map(({ name }) => name);
  const files = names.sort().flatMap((name) => {
    const syntax = syntaxOf(name);
    return syntax === undefined ? [] : [{ name, syntax, isOverride: /(?:^|_)override\.tf(?:\.json)?$/.test(name) }];
  });
  for (const file of [...files.filter(({ isOverride }) => !isOverride), ...files.filter(({ isOverride }) => isOverride)]) {
    const text = await readInside(directory, file.name);
    if (text !== undefined) yield { ...file, text };
  }
}

function syntaxOf(name: string): ConfigurationFile["syntax"] | undefined {
  if (name.endsWith(".tf")) return "hcl";
  return name.endsWith(".tf.json") ? "json" : undefined;
}

function isLeftBehind(name: string): boolean {
  return name.startsWith(".") || name.endsWith("~") || (name.startsWith("#") && name.endsWith("#"));
}
