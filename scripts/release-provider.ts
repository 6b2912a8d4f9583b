/** Builds and packs the provider for every supported platform: `npm run release:provider`. */
import { stat } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { PROVIDER_VERSION } from "#provider/coder/version.ts";
import { buildExecutable, RELEASE_DIRECTORY } from "#provider/release/executable.ts";
import { findHostPlatform, findPlatform, PLATFORMS, type Platform } from "#provider/release/platform.ts";
import { writeRelease } from "#provider/release/release.ts";
import { ReleaseError } from "#provider/release/release-error.ts";

const NAMES = PLATFORMS.map(({ name }) => name).join(", ");
const HELP = `Usage: npm run release:provider -- [options]

Builds the coder provider ${PROVIDER_VERSION} as single executables and packs them for a registry, with their
checksums and the manifest, and as a mirror to install from.

Options:
  -p, --platform <name>  build for this platform only, and fail if that is not possible; can be repeated (${NAMES})
  -o, --out <folder>     folder to write to (default: dist/provider)
  -f, --force            rebuild executables that are up to date
  -h, --help             show this help

Node for other platforms is downloaded from npm, and cached in node_modules/.cache/proviso/node. A platform whose Node
cannot be downloaded is left out, with a warning.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      platform: { type: "string", short: "p", multiple: true, default: [] },
      out: { type: "string", short: "o", default: RELEASE_DIRECTORY },
      force: { type: "boolean", short: "f", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(HELP.trimEnd());
    return 0;
  }
  const wanted = values.platform.map(platformOf);
  const directory = resolve(values.out);
  const executables: { platform: Platform; path: string }[] = [];
  let leftOut = 0;
  for (const platform of wanted.length > 0 ? wanted : PLATFORMS) {
    try {
      const started = performance.now();
      const { path, isNew } = await buildExecutable({ platform, releaseDirectory: directory, force: values.force });
      const { size } = await stat(path);
      console.log(`${platform.name.padEnd(14)} ${megabytes(size)}  ${isNew ? `built in ${seconds(started)}` : "up to date"}`);
      executables.push({ platform, path });
    } catch (error) {
      if (!(error instanceof ReleaseError) || wanted.length > 0 || platform === findHostPlatform()) throw error;
      console.warn(`${platform.name.padEnd(14)} left out: ${error.message}`);
      leftOut++;
    }
  }
  const release = await writeRelease({
    executables,
    directory,
    onArchive: ({ path, sizeBytes, milliseconds }) =>
      console.log(`${relative(directory, path).padEnd(52)} ${megabytes(sizeBytes)}  ${(milliseconds / 1000).toFixed(1)} s`),
  });
  for (const path of [release.manifest, release.sums, release.mirror]) console.log(relative(directory, path));
  if (executables.some(({ platform }) => platform.os === "darwin"))
    console.log("The macOS executables are signed without an author (ad hoc), and not notarized.");
  console.log(
    `platforms in ${relative(process.cwd(), directory) || "."}: ${executables.length}${leftOut > 0 ? `, and ${leftOut} left out` : ""}`,
  );
  return 0;
}

function platformOf(name: string): Platform {
  const platform = findPlatform(name);
  if (platform === undefined) throw new ReleaseError(`unknown platform "${name}": choose one of ${NAMES}`);
  return platform;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1).padStart(6)} MB`;
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

try {
  process.exitCode = await main();
} catch (error) {
  // An option that parseArgs does not know is the caller's mistake; a folder that cannot be written is a problem of the machine.
  if (!(error instanceof ReleaseError || (error instanceof TypeError && "code" in error) || (error instanceof Error && "syscall" in error)))
    throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
