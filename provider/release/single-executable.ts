/** Programs of this project as single files: bundled, then put into a copy of Node itself. Needs no network. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { isMachO, signAdHoc } from "./mac-signature.ts";
import { ReleaseError } from "./release-error.ts";
import { stripElf } from "./strip-elf.ts";
import { dropWindowsSignature } from "./windows-signature.ts";

export interface ExecutableOptions {
  /** The program's first file. */
  readonly entry: string;
  /** The file to make. Its folder is made too. */
  readonly path: string;
  /** Where the mark lies by which a later build sees that nothing has changed. Default: `<path>.inputs`. */
  readonly stamp?: string;
  /** Files and folders below `root` of which the program is made; tests among them do not count. */
  readonly inputs: readonly string[];
  readonly root: string;
  /** Another platform than this one, and how to get its Node, of this very version. */
  readonly target?: { readonly name: string; readonly findNode: () => Promise<string> };
  /** Builds even when nothing has changed. Default: false. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

export interface BuiltExecutable {
  readonly path: string;
  /** False when it was up to date. */
  readonly isNew: boolean;
}

/** Whether the file is there and was made from the same sources by the same Node. */
export async function isUpToDate(options: ExecutableOptions): Promise<boolean> {
  const { path, stamp = `${path}.inputs` } = options;
  return (await readFile(stamp, "utf8").catch(() => "")) === (await digestOfInputs(options)) && (await exists(path));
}

/** Builds unless that is up to date. Two builds at once do not disturb each other. */
export async function buildSingleExecutable(options: ExecutableOptions): Promise<BuiltExecutable> {
  const { path, stamp = `${path}.inputs`, target, force = false, signal } = options;
  if (!force && (await isUpToDate(options))) return { path, isNew: false };
  const digest = await digestOfInputs(options);

  await mkdir(dirname(path), { recursive: true });
  await mkdir(dirname(stamp), { recursive: true });
  // Not beside the file: what stands in a provider's folder is hashed with it.
  const work = await mkdtemp(join(dirname(stamp), ".build-"));
  try {
    const [bundle, node, config, output] = [join(work, "main.cjs"), join(work, "node"), join(work, "sea.json"), join(work, "output")];
    await bundleProgram(options.entry, bundle);
    const original = (await target?.findNode()) ?? process.execPath;
    await writeFile(node, stripElf(await readFile(original)), { mode: 0o755, signal });
    const settings = { main: bundle, executable: node, output, mainFormat: "commonjs", disableExperimentalSEAWarning: true };
    // Code that was compiled for another processor makes the program crash. And the variables of those who start it, NODE_OPTIONS and the
    // like, are meant for their own programs.
    await writeFile(config, JSON.stringify({ ...settings, useCodeCache: target === undefined, execArgvExtension: "none" }));
    await promisify(execFile)(process.execPath, ["--build-sea", config], { signal });
    const made = await readFile(output);
    if (isMachO(made)) await writeFile(output, signAdHoc(made, basename(path)));
    else if (dropWindowsSignature(made)) await writeFile(output, made);
    // npm keeps a Windows program without the bit for running.
    await chmod(output, 0o755);
    await rename(output, path);
    await writeFile(stamp, digest);
    return { path, isNew: true };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** One CommonJS file with all that the program imports. What it imports on demand is in it too, and still runs only then. */
async function bundleProgram(entry: string, outfile: string): Promise<void> {
  const { build } = await import("esbuild").catch((error: unknown) => {
    throw new ReleaseError("esbuild is not installed, which makes one file of a program: run `npm ci`", {
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
    // Names of errors and classes stand in logs.
    keepNames: true,
    legalComments: "none",
    // By its absence a program knows that it is bundled.
    define: { "import.meta.dirname": "undefined" },
    logLevel: "silent",
  });
}

/** How an executable is made counts as well as of what. */
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
