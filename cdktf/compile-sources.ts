import { symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { runNode } from "./run-node.ts";

const ROOT = join(import.meta.dirname, "..");

/** The strictness of generated code is not our concern, but a mistake in its types would appear in every app. */
const COMPILER_OPTIONS = {
  target: "es2022",
  lib: ["es2022"],
  module: "nodenext",
  types: ["node"],
  strict: true,
  skipLibCheck: true,
  declaration: true,
};

/**
 * Compiles a generator's sources to CommonJS with declarations: their imports have no file extensions, which only CommonJS allows.
 *
 * @param work a directory of our own, which gets a link to our packages and a tsconfig.json
 * @param sources below `work`
 * @param output below `work`
 * @throws StepError with the compiler's diagnostics
 */
export async function compileSources(
  { work, sources, output }: { readonly work: string; readonly sources: string; readonly output: string },
  signal: AbortSignal,
): Promise<void> {
  await symlink(join(ROOT, "node_modules"), join(work, "node_modules"), "dir");
  await writeFile(join(work, "package.json"), JSON.stringify({ type: "commonjs" }));
  const [rootDir, outDir] = [relative(work, sources), relative(work, output)];
  const config = { compilerOptions: { ...COMPILER_OPTIONS, rootDir, outDir }, include: [rootDir] };
  await writeFile(join(work, "tsconfig.json"), JSON.stringify(config));
  await runNode({ what: "the compiler", program: compiler(), args: ["-p", work], directory: work }, signal);
}

function compiler(): string {
  return join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
}
