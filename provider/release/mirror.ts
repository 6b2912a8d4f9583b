/** Writes a folder from which Terraform and OpenTofu install the provider, without a registry. */
import { basename, join, resolve } from "node:path";
import process from "node:process";
import { createFolderDurably, writeDurably } from "#disk/durable-file.ts";
import { CODER_PROVIDER_ADDRESS } from "../coder/address.ts";
import { PROVIDER_VERSION } from "../coder/version.ts";
import { buildExecutable, findExecutable, RELEASE_DIRECTORY } from "./executable.ts";
import { linkOrCopy } from "./link-or-copy.ts";
import { findHostPlatform, PLATFORMS, type Platform } from "./platform.ts";
import { REGISTRY_HOSTS } from "./release.ts";
import { ReleaseError } from "./release-error.ts";

const SOURCE = CODER_PROVIDER_ADDRESS.split("/").slice(1).join("/");

export interface MirrorOptions {
  /** Created if missing. */
  readonly directory: string;
  /** The folder in which executables are searched for and built. Default: `dist/provider` of this clone. */
  readonly releaseDirectory?: string;
  /** Called before this platform's executable is built, which takes a few seconds, if it is not up to date. */
  readonly onBuild?: () => void;
  readonly signal?: AbortSignal;
}

export interface Mirror {
  readonly version: string;
  readonly platforms: readonly Platform[];
  /** The lines for `~/.terraformrc`. */
  readonly cliConfig: string;
  /** A file that contains only those lines, for `TF_CLI_CONFIG_FILE`. */
  readonly cliConfigFile: string;
}

/**
 * Writes a mirror with the provider for this platform, which is built if necessary, and for other platforms whose executables an earlier
 * release has left. Packages are folders, not archives: Terraform links to folders, but unpacks archives into each project. Another call
 * updates the mirror.
 */
export async function writeMirror(options: MirrorOptions): Promise<Mirror> {
  const { releaseDirectory = RELEASE_DIRECTORY, onBuild, signal } = options;
  const own = findHostPlatform();
  if (own === undefined)
    throw new ReleaseError(`cannot build the provider for ${process.platform} on ${process.arch}: unsupported platform`);
  const directory = resolve(options.directory);
  // This comes before the build, which takes seconds: a folder that cannot be written is the more likely mistake.
  await createFolderDurably(directory, 0o777);
  const cliConfig = cliConfigFor(directory);
  const cliConfigFile = join(directory, "coder.tfrc");
  // Replaced at once, because a Terraform may be reading it, and not through a link, which would lead out of the mirror.
  await writeDurably(cliConfigFile, cliConfig, { mode: 0o666 });

  if ((await findExecutable(own, releaseDirectory)) === undefined) onBuild?.();
  await buildExecutable({ releaseDirectory, ...(signal && { signal }) });
  const platforms: Platform[] = [];
  for (const platform of PLATFORMS) {
    const executable = await findExecutable(platform, releaseDirectory);
    if (executable === undefined) continue;
    signal?.throwIfAborted();
    for (const host of REGISTRY_HOSTS) {
      const folder = join(directory, host, SOURCE, PROVIDER_VERSION, platform.name);
      await createFolderDurably(folder, 0o777);
      await linkOrCopy(executable, join(folder, basename(executable)));
    }
    platforms.push(platform);
  }
  return {
    version: PROVIDER_VERSION,
    platforms: platforms.toSorted((a, b) => Number(b === own) - Number(a === own)),
    cliConfig,
    cliConfigFile,
  };
}

/** Installs `coder/coder` from the mirror only, and every other provider as usual. */
function cliConfigFor(directory: string): string {
  return `provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(directory)}
    include = ["${SOURCE}"]
  }
  direct {
    exclude = ["${SOURCE}"]
  }
}
`;
}
