/** Builds programs of this project as single files: bundles them, then puts them into a copy of Node. Requires no network. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { renameDurably, writeDurably } from "#disk/durable-file.ts";
import { isMachO, signAdHoc } from "./mac-signature.ts";
import { ReleaseError } from "./release-error.ts";
import { stripElf } from "./strip-elf.ts";
import { dropWindowsSignature } from "./windows-signature.ts";

export interface ExecutableOptions {
  /** The program's first file. */
  readonly entry: string;
  /** The file to create. Its folder is created too. */
  readonly path: string;
  /** A file from which a later build sees that nothing has changed. Default: `<path>.inputs`. */
  readonly stamp?: string;
  /** The program's source files and folders, below `root`; tests among them are ignored. */
  readonly inputs: readonly string[];
  readonly root: string;
  /** A platform other than this one, and how to get Node for it, in this very version. */
  readonly target?: { readonly name: string; readonly findNode: () => Promise<string> };
  /** Builds even if nothing has changed. Default: false. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

export interface BuiltExecutable {
  readonly path: string;
  /** False if the file was up to date. */
  readonly isNew: boolean;
}

/** Whether the file exists and was built from the same sources by the same Node. */
export async function isUpToDate(options: ExecutableOptions): Promise<boolean> {
  const { path, stamp = `${path}.inputs` } = options;
  return (await readFile(stamp, "utf8").catch(() => "")) === (await digestOfInputs(options)) && (await exists(path));
}

/** Builds the file unless it is up to date. Concurrent builds do not disturb each other. */
export async function buildSingleExecutable(options: ExecutableOptions): Promise<BuiltExecutable> {
  const { path, stamp = `${path}.inputs`, target, force = false, signal } = options;
  if (!force && (await isUpToDate(options))) return { path, isNew: false };
  const digest = await digestOfInputs(options);

  await mkdir(dirname(path), { recursive: true });
  await mkdir(dirname(stamp), { recursive: true });
  // Not beside the file, because Terraform hashes everything in a provider's folder.
  const work = await mkdtemp(join(dirname(stamp), ".build-"));
  try {
    const [bundle, node, config, output] = [join(work, "main.cjs"), join(work, "node"), join(work, "sea.json"), join(work, "output")];
    await bundleProgram(options.entry, bundle);
    const original = (await target?.findNode()) ?? process.execPath;
    await writeFile(node, stripElf(await readFile(original)), { mode: 0o755, signal });
    const settings = { main: bundle, executable: node, output, mainFormat: "commonjs", disableExperimentalSEAWarning: true };
    // Code compiled for another processor makes the program crash. Environment variables of whoever starts it, such as NODE_OPTIONS, are
    // meant for other programs.
    await writeFile(config, JSON.stringify({ ...settings, useCodeCache: target === undefined, execArgvExtension: "none" }));
    await promisify(execFile)(process.execPath, ["--build-sea", config], { signal });
    const made = await readFile(output);
    if (isMachO(made)) await writeFile(output, signAdHoc(made, basename(path)));
    else if (dropWindowsSignature(made)) await writeFile(output, made);
    // npm stores Windows programs without the executable bit.
    await chmod(output, 0o755);
    // In this order, or after a power cut the stamp could stand for a program that is not all there.
    await renameDurably(output, path);
    await writeDurably(stamp, digest, { mode: 0o644 });
    return { path, isNew: true };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Bundles the program and all its imports into one CommonJS file. Dynamic imports are included, and still run only on demand. */
async function bundleProgram(entry: string, outfile: string): Promise<void> {
  const { build } = await import("esbuild").catch((error: unknown) => {
    throw new ReleaseError("cannot bundle the program because esbuild is not installed: run `npm ci`", {
      cause: error,
    });
  });
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node26",
    minify: true,
    // Logs contain the names of errors and classes.
    keepNames: true,
    legalComments: "none",
    // Its absence tells a program that it is bundled.
    define: { "import.meta.dirname": "undefined" },
    logLevel: "silent",
  });
}

/** The code that builds an executable is an input too. */
const MAKERS = ["single-executable.ts", "strip-elf.ts", "mac-signature.ts", "windows-signature.ts"].map(
  (file) => `provider/release/${file}`,
);

async function digestOfInputs({ inputs, root, target }: ExecutableOptions): Promise<string> {
  const hash = createHash("sha256").update(`${process.version} ${target?.name ?? `${process.platform} ${process.arch}`}`);
  for (const input of [...inputs, ...MAKERS]) {
    for (const file of await filesUnder(join(root, input))) hash.update(`\0${relative(root, file)}\0`).update(await readFile(file));
  }
  return hash.digest("hex");
}

async function filesUnder(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
