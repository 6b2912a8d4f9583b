import { readdir } from "node:fs/promises";
import { readInside } from "./read-inside.ts";

export interface ConfigurationFile {
  readonly name: string;
  readonly syntax: "hcl" | "json";
  readonly text: string;
}

/** Yields the files of a module that Terraform reads, sorted by name: no directories, and no backup files of editors. */
export async function* configurationFiles(directory: string): AsyncGenerator<ConfigurationFile> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isDirectory() && !isLeftBehind(entry.name)).map(({ name }) => name);
  for (const name of names.sort()) {
    const syntax = name.endsWith(".tf") ? "hcl" : name.endsWith(".tf.json") ? "json" : undefined;
    const text = syntax === undefined ? undefined : await readInside(directory, name);
    if (syntax !== undefined && text !== undefined) yield { name, syntax, text };
  }
}

function isLeftBehind(name: string): boolean {
  return name.startsWith(".") || name.endsWith("~") || (name.startsWith("#") && name.endsWith("#"));
}
