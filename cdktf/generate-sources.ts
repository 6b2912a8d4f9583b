import { realpath } from "node:fs/promises";
import { join } from "node:path";
import type { GeneratorName } from "./binding-generator.ts";
import { runNode } from "./run-node.ts";

const ROOT = join(import.meta.dirname, "..");

/**
 * Runs a generator where it can do nothing but its work. By itself, it would start `terraform version` while loading, write an id into the
 * home directory and into `cdktf.json`, and report failures to its makers. So it gets none of our environment, is told not to report,
 * and is confined.
 *
 * @param schemaText as for `BindingGenerator`
 * @param directory must exist and be empty; its path must have no symbolic links, which Node's permissions would not follow
 * @throws StepError
 */
export async function generateSources(name: GeneratorName, schemaText: string, directory: string, signal: AbortSignal): Promise<void> {
  const step = {
    what: `the generator ${name}`,
    nodeOptions: await confinement(directory),
    program: join(import.meta.dirname, "generator-process.ts"),
    args: [name, directory],
    directory,
    env: { CHECKPOINT_DISABLE: "1", CDKTF_LOG_LEVEL: "OFF" },
    input: schemaText,
  };
  await runNode(step, signal);
}

/** Options with which Node denies child processes, the network (from version 25 on), and all files but our code and the directory. */
export async function confinement(directory: string): Promise<string[]> {
  // In a second working tree of a clone, `node_modules` may be a link to that of the first.
  const packages = await realpath(join(ROOT, "node_modules"));
  return ["--permission", `--allow-fs-write=${directory}`, ...[ROOT, packages, directory].map((path) => `--allow-fs-read=${path}`)];
}
