import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { packageSources } from "./package-sources.ts";

/** A package that is built from a folder of the clone. */
export interface PackageSpec {
  readonly name: string;
  readonly description: string;
  /** The package includes the folder's README.md and the clone's LICENSE. */
  readonly folder: string;
  /** Files of the folder that are only for our own tests. */
  readonly leftOut: readonly string[];
  /** The file that the bare name of the package imports, without its extension. If undefined, only files can be imported. */
  readonly main?: string;
}

/**
 * Compiles the package to JavaScript with declarations, ready for `npm pack`. The previous content of the folder is replaced at the end,
 * so that a failed build leaves it unchanged.
 *
 * @param root the clone, with its packages installed
 * @throws Error with the compiler's diagnostics, or the name of a package that is only a development dependency of the clone
 */
export async function buildPackage(root: string, spec: PackageSpec, outDirectory: string): Promise<void> {
  const manifest: CloneManifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const { files, dependencies } = packageSources(root, spec.folder, spec.leftOut);
  await mkdir(join(root, "dist"), { recursive: true });
  await mkdir(dirname(outDirectory), { recursive: true });
  // The sources are inside the clone, where the compiler finds its packages; the output is next to the folder that it replaces.
  const sources = await mkdtemp(join(root, "dist", "sources-"));
  const beside = await mkdtemp(`${outDirectory}-`);
  const output = join(beside, "package");
  try {
    for (const [place, text] of files) {
      // Generated JavaScript is not compiled, and already has declarations.
      const folders = /\.(js|d\.ts)$/.test(place) ? [sources, output] : [sources];
      for (const folder of folders) {
        await mkdir(dirname(join(folder, place)), { recursive: true });
        await writeFile(join(folder, place), text);
      }
    }
    await writeFile(join(sources, "tsconfig.json"), JSON.stringify(compilerConfig(join(root, "tsconfig.json"), output)));
    await compile(root, sources);
    await writeFile(join(output, "package.json"), `${JSON.stringify(packageManifest(spec, manifest, dependencies), null, 2)}\n`);
    await cp(join(root, "LICENSE"), join(output, "LICENSE"));
    await cp(join(root, spec.folder, "README.md"), join(output, "README.md"));
    await rm(outDirectory, { recursive: true, force: true });
    await rename(output, outDirectory);
  } finally {
    for (const folder of [sources, beside]) await rm(folder, { recursive: true, force: true });
  }
}

function compilerConfig(base: string, outDir: string): object {
  return {
    extends: base,
    compilerOptions: { noEmit: false, allowImportingTsExtensions: false, declaration: true, rootDir: ".", outDir },
    include: ["."],
    exclude: [],
  };
}

async function compile(root: string, project: string): Promise<void> {
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  try {
    await promisify(execFile)(process.execPath, [compiler, "-p", project, "--pretty", "false"], { cwd: project });
  } catch (error) {
    // The compiler prints its diagnostics on stdout.
    const { stdout = "" } = error instanceof Error ? (error as Error & { readonly stdout?: string }) : {};
    throw new Error(`the package does not compile:\n${stdout}`, { cause: error });
  }
}

interface CloneManifest {
  readonly version: string;
  readonly license: string;
  readonly engines: object;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Accepts later versions of the dependencies, so that a program that uses the same packages has them only once. */
function packageManifest(
  { name, description, main }: PackageSpec,
  { version, license, engines, dependencies: known }: CloneManifest,
  used: ReadonlySet<string>,
): object {
  const dependencies = [...used].toSorted().map((dependency) => {
    const pinned = known[dependency];
    if (pinned === undefined) throw new Error(`${name} imports ${dependency}, which is not among the dependencies of package.json`);
    return [dependency, `^${pinned}`];
  });
  const exported = (file: string): object => ({ types: `./${file}.d.ts`, default: `./${file}.js` });
  return {
    name,
    version,
    description,
    license,
    type: "module",
    engines,
    exports: { ...(main !== undefined && { ".": exported(main) }), "./*": exported("*"), "./package.json": "./package.json" },
    dependencies: Object.fromEntries(dependencies),
  };
}
