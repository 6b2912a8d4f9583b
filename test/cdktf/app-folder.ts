import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { GeneratorName } from "../../cdktf/binding-generator.ts";
import { makeBindings } from "../../cdktf/make-bindings.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const EXAMPLE = join("examples", "cdktf-typescript");
const TSC = join(ROOT, "node_modules", "typescript", "bin", "tsc");

/** The example as it stands in a clone where `npm run generate:cdktf` has been run, for either library. */
export interface AppFolder extends AsyncDisposable {
  /** Of the example. */
  readonly directory: string;
  /** Runs JavaScript or TypeScript of the folder by its path, or text by `-e`. @returns what it printed */
  node(...args: readonly string[]): Promise<string>;
  /** The compiler's diagnostics over every file of the folder, one a line, without their explanations. */
  typeErrors(): Promise<string[]>;
  /** Writes the template, as the example's README says, and reads it. */
  synthesize(): Promise<string>;
}

export async function openAppFolder(library: GeneratorName): Promise<AppFolder> {
  await using opened = new AsyncDisposableStack();
  const root = await realpath(await mkdtemp(join(tmpdir(), "cdktf-app-")));
  opened.defer(() => rm(root, { recursive: true, force: true }));
  const directory = join(root, EXAMPLE);
  await cp(join(ROOT, EXAMPLE), directory, { recursive: true, filter: (path) => !path.includes("cdktf.out") });
  const main = await readFile(join(directory, "main.ts"), "utf8");
  await writeFile(join(directory, "main.ts"), main.replace('from "cdktf"', `from "${library}"`));
  await writeFile(join(directory, "package.json"), '{ "type": "module" }');
  await cp(join(ROOT, "tsconfig.json"), join(root, "tsconfig.json"));

  const modules = join(root, "node_modules");
  await mkdir(join(modules, "proviso", "dist"), { recursive: true });
  await cp(join(ROOT, "package.json"), join(modules, "proviso", "package.json"));
  for (const name of [library, "constructs", "@types"]) await symlink(join(ROOT, "node_modules", name), join(modules, name), "dir");
  const bindings = join(modules, "proviso", "dist", "cdktf");
  await makeBindings({ generator: library, directory: bindings, signal: AbortSignal.timeout(60_000) });

  const run = promisify(execFile);
  const env = { PATH: process.env.PATH ?? "", CHECKPOINT_DISABLE: "1", NO_COLOR: "1" };
  const owned = opened.move();
  const node = async (...args: readonly string[]) => (await run(process.execPath, args, { cwd: directory, env })).stdout;
  return {
    directory,
    node,
    typeErrors: async () => {
      const failed = await node(TSC, "-p", directory, "--pretty", "false").then(
        () => "",
        (error: { stdout: string }) => error.stdout,
      );
      return failed.split("\n").filter((line) => /^\S/.test(line));
    },
    synthesize: async () => {
      await node("main.ts");
      return readFile(join(directory, "cdktf.out", "stacks", "workspace", "cdk.tf.json"), "utf8");
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
