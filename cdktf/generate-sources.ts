import { join } from "node:path";
import type { GeneratorName } from "./binding-generator.ts";
import { runNode } from "./run-node.ts";

const ROOT = join(import.meta.dirname, "..");

/**
 * Runs a generator where it can do nothing but its work. Left to itself, it starts `terraform version` while it is loaded, writes an id into
 * the home directory and into `cdktf.json`, and reports what went wrong to its makers. So it finds none of our environment, and Node
 * refuses it programs, the network (from version 25 on), and any file that is neither its own code nor in the directory.
 *
 * @param schemaText as for `BindingGenerator`
 * @param directory is there and empty, and its path has no symbolic links, which Node's permissions would not follow
 * @throws StepError
 */
export async function generateSources(name: GeneratorName, schemaText: string, directory: string, signal: AbortSignal): Promise<void> {
  const step = {
    what: `the generator ${name}`,
    nodeOptions: ["--permission", `--allow-fs-read=${ROOT}`, `--allow-fs-read=${directory}`, `--allow-fs-write=${directory}`],
    program: join(import.meta.dirname, "generator-process.ts"),
    args: [name, directory],
    directory,
    env: { CHECKPOINT_DISABLE: "1", CDKTF_LOG_LEVEL: "OFF" },
    input: schemaText,
  };
  await runNode(step, signal);
}
