/** A project of somebody else's, far from the clone, which has installed one of our packages. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildSdk, PACKAGES } from "../../scripts/build-sdk.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "..", "..");

/** Those that the packages promise to run on, by their path: the oldest and the newest. */
export const NODES = {
  "24": join(ROOT, "node_modules", "node-24", "bin", "node"),
  "26": join(ROOT, "node_modules", "node", "bin", "node"),
} as const;

export interface OutsideProject extends AsyncDisposable {
  readonly directory: string;
  /** Of the package in it, as it was installed. */
  readonly installed: string;
  write(file: string, content: string, mode?: number): Promise<void>;
  /** Where the compiler finds an error in a file of the project, or in a declaration of a package: `wrong.ts(3,4): error TS2322`. */
  typeErrors(): Promise<string[]>;
  /** @returns what it printed @throws when it fails */
  node(version: keyof typeof NODES, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
}

/** Builds the package, packs it, and unpacks it where `npm install` would. What it depends on is the clone's: a test asks no registry. */
export async function openOutsideProject(name: keyof typeof PACKAGES): Promise<OutsideProject> {
  await using opened = new AsyncDisposableStack();
  const directory = await realpath(await mkdtemp(join(tmpdir(), "outside-")));
  opened.defer(() => rm(directory, { recursive: true, force: true }));
  const modules = join(directory, "node_modules");
  const installed = join(modules, PACKAGES[name].name);
  const tarball = await pack(await buildSdk(name, join(directory, "built")), directory);
  await mkdir(installed, { recursive: true });
  await run("tar", ["-xzf", tarball, "-C", installed, "--strip-components=1"]);

  const { dependencies }: { readonly dependencies: object } = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
  for (const dependency of [...Object.keys(dependencies), "@types/node"]) {
    await mkdir(join(modules, dependency, ".."), { recursive: true });
    await symlink(join(ROOT, "node_modules", dependency), join(modules, dependency), "dir");
  }
  const write = (file: string, content: string, mode = 0o644): Promise<void> => writeFile(join(directory, file), content, { mode });
  await write("package.json", '{ "type": "module" }');
  await write("tsconfig.json", JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ["*.ts"] }));
  const owned = opened.move();
  return {
    directory,
    installed,
    write,
    typeErrors: async () => {
      const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
      const printed = await run(process.execPath, [compiler, "--pretty", "false"], { cwd: directory }).then(
        () => "",
        (error: { readonly stdout: string }) => error.stdout,
      );
      return printed.match(/^\S.*?error TS\d+/gm) ?? [];
    },
    node: async (version, args, env = {}) => {
      const { stdout } = await run(NODES[version], args, { cwd: directory, env: { PATH: process.env.PATH, NO_COLOR: "1", ...env } });
      return stdout;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** What a careful user has, and no part of the clone's own settings. */
const COMPILER_OPTIONS = {
  target: "esnext",
  lib: ["esnext"],
  module: "nodenext",
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  noEmit: true,
  // Node runs the files as they are.
  allowImportingTsExtensions: true,
};

async function pack(folder: string, destination: string): Promise<string> {
  const { stdout } = await run("npm", ["pack", folder, "--json", "--loglevel=silent", "--pack-destination", destination], { cwd: folder });
  const [packed]: readonly { readonly filename: string }[] = JSON.parse(stdout);
  if (packed === undefined) throw new Error(`npm pack ${folder} made nothing`);
  return join(destination, packed.filename);
}

/** The first program of a package's README. */
export async function programOf({ installed }: OutsideProject): Promise<string> {
  const [, program] = /^```ts\n(.*?)^```$/ms.exec(await readFile(join(installed, "README.md"), "utf8")) ?? [];
  if (program === undefined) throw new Error(`${installed}/README.md shows no program`);
  return program;
}

/** A program that imports every file that the package exports. */
export async function importAll({ installed }: OutsideProject): Promise<string> {
  const { name }: { readonly name: string } = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
  const files = (await readdir(installed, { recursive: true })).filter((file) => file.endsWith(".js")).toSorted();
  const imports = files.map((file, at) => `import * as m${at} from "${name}/${file.slice(0, -".js".length)}";`);
  return `${imports.join("\n")}\nconsole.log([${files.map((_, at) => `m${at}`).join(", ")}].filter((m) => Object.keys(m).length > 0).length);\n`;
}
