import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { runTerraform } from "./run-terraform.ts";

/**
 * Returns the floor for a build: `terraform plan` and `apply` of its template, in a directory that is prepared before the time is taken.
 *
 * @param options.directory for the runs' directories
 * @param options.flags for both commands
 * @returns a function that returns milliseconds
 */
export function bareBuild(
  files: Readonly<Record<string, string>>,
  options: { readonly directory: string; readonly reattachProviders: string; readonly flags?: readonly string[] },
): () => Promise<number> {
  const { directory, reattachProviders, flags = [] } = options;
  const env = { ...process.env, CHECKPOINT_DISABLE: "1", TF_REATTACH_PROVIDERS: reattachProviders };
  let run = 0;
  return async () => {
    const cwd = join(directory, `bare-${run++}`);
    await mkdir(cwd);
    for (const [name, content] of Object.entries(files)) await writeFile(join(cwd, name), content);
    const terraform = (...args: string[]) => runTerraform(args, { cwd, env });
    await terraform("init", "-input=false", "-no-color");
    const started = performance.now();
    await terraform("plan", "-input=false", "-no-color", ...flags, "-out=plan");
    await terraform("apply", "-input=false", "-no-color", ...flags, "plan");
    return performance.now() - started;
  };
}
