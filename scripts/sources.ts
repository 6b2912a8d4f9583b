/** Reads our own source files and their imports of each other as text, without loading them. */
import { globSync, readFileSync } from "node:fs";
import { posix } from "node:path";

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^;"']*?from\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)|(?:^|\n)\s*import\s*["']([^"']+)["']/g;

export interface Source {
  /** Path from the root of the project. */
  readonly file: string;
  readonly text: string;
  /** Paths of our own files, from the root of the project. */
  readonly imports: readonly string[];
}

/** Reads sources without tests, which may import anything. */
export function readSources(root: string, folders: readonly string[]): Source[] {
  return globSync(
    folders.map((folder) => `${folder}/**/*.ts`),
    { cwd: root },
  )
    .filter((file) => !/\.(?:test|fixture)\.ts$/.test(file))
    .toSorted()
    .map((file) => {
      const text = readFileSync(posix.join(root, file), "utf8");
      return { file, text, imports: importsOf(text, file) };
    });
}

function importsOf(text: string, file: string): string[] {
  return [...text.matchAll(IMPORT)].flatMap((match) => {
    const specifier = match[1] ?? match[2] ?? match[3] ?? "";
    if (specifier.startsWith("#")) return [specifier.slice(1)];
    if (specifier.startsWith(".")) return [posix.normalize(posix.join(posix.dirname(file), specifier))];
    return [];
  });
}
