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
  for (const overrides of [false, true])
    for (const name of names.sort()) {
      const syntax = name.endsWith(".tf") ? "hcl" : name.endsWith(".tf.json") ? "json" : undefined;
      const isOverride = /(?:^|_)override\.tf(?:\.json)?$/.test(name);
      if (syntax === undefined || isOverride !== overrides) continue;
      const text = await readInside(directory, name);
      if (text !== undefined) yield { name, syntax, isOverride, text };
    }
}

function isLeftBehind(name: string): boolean {
  return name.startsWith(".") || name.endsWith("~") || (name.startsWith("#") && name.endsWith("#"));
}
