import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CODER_PROVIDER_ADDRESS } from "#provider/coder/address.ts";
import { coderProvider } from "#provider/coder/provider.ts";
import { PROVIDER_VERSION } from "#provider/coder/version.ts";
import { schemasJson } from "#provider/sdk/schema-json.ts";
import type { GeneratorName } from "./binding-generator.ts";
import { compileSources } from "./compile-sources.ts";
import { generateSources } from "./generate-sources.ts";

/** The directory holds something that is not ours to remove. */
export class ForeignDirectoryError extends Error {
  override readonly name = "ForeignDirectoryError";
}

export interface MakeBindingsOptions {
  readonly generator: GeneratorName;
  /** Made if missing. Whatever bindings it holds are replaced. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/**
 * Makes the bindings of our provider and puts them into a directory, as JavaScript with declarations.
 *
 * @throws ForeignDirectoryError if the directory holds anything but bindings made here
 * @throws StepError; the directory is as it was then
 */
export async function makeBindings({ generator, directory, signal }: MakeBindingsOptions): Promise<void> {
  await requireOurs(directory);
  await using cleanup = new AsyncDisposableStack();
  const work = await realpath(await mkdtemp(join(tmpdir(), "cdktf-bindings-")));
  cleanup.defer(() => rm(work, { recursive: true, force: true }));

  const [generated, output] = [join(work, "generated"), join(work, "output")];
  await mkdir(generated);
  await generateSources(generator, bindingSchema(), generated, signal);
  await compileSources({ work, sources: join(generated, "providers", "coder"), output }, signal);
  await writeFile(join(output, "package.json"), `${JSON.stringify(packageOf(generator), undefined, 2)}\n`);

  signal.throwIfAborted();
  await rm(directory, { recursive: true, force: true });
  await cp(output, directory, { recursive: true });
}

/** The schema of our provider, in the form that generators read. */
export function bindingSchema(): string {
  const { schemas } = coderProvider({ env: {} });
  return JSON.stringify({
    ...schemasJson(CODER_PROVIDER_ADDRESS, schemas),
    provider_versions: { [CODER_PROVIDER_ADDRESS]: PROVIDER_VERSION },
  });
}

const DESCRIPTION = "Bindings for the provider coder/coder, made by generate:cdktf. Changes are lost.";

/** Says that the folder is CommonJS, what it needs beside it, and that it may be replaced. */
function packageOf(generator: GeneratorName) {
  return {
    name: "coder-provider-bindings",
    version: PROVIDER_VERSION,
    description: DESCRIPTION,
    private: true,
    type: "commonjs",
    // Who requires them loads one type after the other, as needed; an import asks for all of them at once in any case.
    exports: { ".": { types: "./index.d.ts", require: "./lazy-index.js", default: "./index.js" } },
    peerDependencies: Object.fromEntries([generator, "constructs"].map((name) => [name, `^${versionOf(name)}`])),
  };
}

/** Of a package that is installed beside us. */
function versionOf(name: string): string {
  return createRequire(import.meta.url)(`${name}/package.json`).version;
}

async function requireOurs(directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw new ForeignDirectoryError(`${directory} is no directory that can be read`, { cause: error });
  });
  if (entries.length === 0) return;
  const description = await readFile(join(directory, "package.json"), "utf8").catch(() => "");
  const isOurs = await Promise.all(
    entries.map((entry) => (entry.isDirectory() ? holdsType(join(directory, entry.name)) : OUR_FILES.test(entry.name))),
  );
  if (!description.includes(DESCRIPTION) || isOurs.includes(false))
    throw new ForeignDirectoryError(`${directory} holds files that generate:cdktf did not make`);
}

const OUR_FILES = /^(?:package\.json|(?:lazy-)?index\.(?:js|d\.ts))$/;

/** Whether a directory is one of a type's class, and no app that somebody began around the bindings, nor what npm installed for it. */
async function holdsType(directory: string): Promise<boolean> {
  const names = await readdir(directory);
  return names.length > 0 && names.every((name) => name === "index.js" || name === "index.d.ts");
}
