/** The content of a package: the files of one folder of the clone, and the files outside of it that they import. */
import { globSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { posix } from "node:path";

export interface PackageSources {
  /** By their path in the package: TypeScript to compile, and JavaScript with declarations to copy unchanged. */
  readonly files: ReadonlyMap<string, string>;
  /** Names of the packages that they import. */
  readonly dependencies: ReadonlySet<string>;
}

/** Matches the text before a specifier, and the specifier. */
const IMPORT = /(^\s*(?:import|export)\b[^;"]*?\bfrom\s*"|\bimport\(\s*"|^\s*import\s*")([^"\n]+)/gm;

/**
 * Collects the files of a package. Files of `folder` are at the package's root, all others at their path in the clone. Imports between them
 * become relative and end in `.js`, like the compiled files: an installed package has neither our `#` paths nor TypeScript that Node runs.
 *
 * @param root the clone
 * @param leftOut files of `folder` that are only for our own tests, by their path in it
 * @throws Error if a file imports one that is left out, or one outside the clone
 */
export function packageSources(root: string, folder: string, leftOut: readonly string[]): PackageSources {
  const files = new Map<string, string>();
  const dependencies = new Set<string>();
  const waiting = globSync("**/*.ts", { cwd: posix.join(root, folder), exclude: ["**/*.test.ts"] })
    .filter((file) => !leftOut.includes(file))
    .toSorted()
    .map((file) => posix.join(folder, file));
  const seen = new Set(waiting);
  for (const file of waiting) {
    const take = (target: string): void => {
      if (seen.has(target)) return;
      seen.add(target);
      waiting.push(target);
    };
    const place = placeOf(file);
    const text = readFileSync(posix.join(root, file), "utf8").replaceAll(IMPORT, (whole: string, before: string, specifier: string) => {
      const target = targetOf(file, specifier);
      if (target === undefined) {
        const name = packageName(specifier);
        if (name !== undefined) dependencies.add(name);
        return whole;
      }
      if (posix.dirname(target).startsWith("..") || leftOut.includes(posix.relative(folder, target)))
        throw new Error(`${file} imports ${target}, which is not in the package`);
      take(target);
      if (target.endsWith(".js")) take(target.replace(/js$/, "d.ts"));
      const path = posix.relative(posix.dirname(place), placeOf(target)).replace(/\.ts$/, ".js");
      return `${before}${path.startsWith(".") ? path : `./${path}`}`;
    });
    files.set(place, text);
  }
  return { files, dependencies };

  function placeOf(file: string): string {
    return file.startsWith(`${folder}/`) ? posix.relative(folder, file) : file;
  }
}

/** Returns the file of the clone that a specifier means; undefined for a package. */
function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith("#")) return specifier.slice(1);
  if (specifier.startsWith(".")) return posix.join(posix.dirname(file), specifier);
  return undefined;
}

/** Returns undefined for Node's own modules. */
function packageName(specifier: string): string | undefined {
  if (specifier.startsWith("node:") || builtinModules.includes(specifier)) return undefined;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
