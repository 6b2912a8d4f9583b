/** Builds the agent as one executable file for this platform: bundled, then put into a copy of Node itself. Needs no network. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";

export interface BuildAgentOptions {
  /** Default: `dist/bin` of this clone. */
  readonly outDirectory?: string;
  /** Builds even when nothing has changed. Default: false. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

export interface BuiltAgent {
  /** `<outDirectory>/coder-<os>-<arch>`. */
  readonly path: string;
  /** False when it was up to date. */
  readonly isNew: boolean;
}

const ROOT = join(import.meta.dirname, "..");
/** Everything that goes into the bundle, beside what package-lock.json pins. */
const INPUTS = ["agent", "credentials", "proto", "sdk", "package.json", "package-lock.json", "scripts/build-agent.ts"];

/** Builds unless the file is there and was made from the same sources by the same Node. Two builds at once do not disturb each other. */
export async function buildAgent({
  outDirectory = join(ROOT, "dist", "bin"),
  force = false,
  signal,
}: BuildAgentOptions = {}): Promise<BuiltAgent> {
  const path = join(outDirectory, `coder-${process.platform}-${ARCHITECTURES[process.arch] ?? process.arch}`);
  const digest = await digestOfInputs();
  const stamp = `${path}.inputs`;
  if (!force && (await isSame(stamp, digest)) && (await exists(path))) return { path, isNew: false };

  await mkdir(outDirectory, { recursive: true });
  const work = await mkdtemp(join(outDirectory, ".build-"));
  try {
    const [bundle, config, output] = [join(work, "agent.cjs"), join(work, "sea.json"), join(work, "agent")];
    await build({
      entryPoints: [join(ROOT, "agent", "main.ts")],
      outfile: bundle,
      bundle: true,
      platform: "node",
      format: "cjs",
      target: "node26",
      minify: true,
      // Names of errors and classes stand in logs.
      keepNames: true,
      legalComments: "none",
      logLevel: "silent",
    });
    const settings = { main: bundle, output, mainFormat: "commonjs", disableExperimentalSEAWarning: true, useCodeCache: true };
    // Otherwise NODE_OPTIONS and the like, which workspaces set for their own programs, would act on the agent.
    await writeFile(config, JSON.stringify({ ...settings, execArgvExtension: "none" }));
    await promisify(execFile)(process.execPath, ["--build-sea", config], { signal });
    await rename(output, path);
    await writeFile(stamp, digest);
    return { path, isNew: true };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** As the init scripts ask for them. */
const ARCHITECTURES: Readonly<Partial<Record<NodeJS.Architecture, string>>> = { x64: "amd64", arm64: "arm64", arm: "armv7" };

async function digestOfInputs(): Promise<string> {
  const hash = createHash("sha256").update(`${process.version} ${process.platform} ${process.arch}`);
  for (const input of INPUTS) {
    for (const file of await filesUnder(join(ROOT, input))) hash.update(`\0${relative(ROOT, file)}\0`).update(await readFile(file));
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

async function isSame(path: string, text: string): Promise<boolean> {
  return (await readFile(path, "utf8").catch(() => "")) === text;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

if (import.meta.main) {
  const startedAt = performance.now();
  const { path, isNew } = await buildAgent({ force: process.argv.includes("--force") });
  console.log(`${path} ${isNew ? `built in ${Math.round(performance.now() - startedAt)} ms` : "is up to date"}`);
}
