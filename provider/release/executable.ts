import { join } from "node:path";
import process from "node:process";
import { PROVIDER_VERSION } from "../coder/version.ts";
import { findNode } from "./node-binary.ts";
import { findHostPlatform, type Platform } from "./platform.ts";
import { ReleaseError } from "./release-error.ts";
import { type BuiltExecutable, buildSingleExecutable, type ExecutableOptions, isUpToDate } from "./single-executable.ts";

const ROOT = join(import.meta.dirname, "../..");
/** The folder for everything that belongs to a release. */
export const RELEASE_DIRECTORY = join(ROOT, "dist", "provider");

/** All sources of the bundle, except the packages that package-lock.json pins. */
const INPUTS = ["provider", "proto", "credentials", "package.json", "package-lock.json"];

export interface BuildExecutableOptions {
  /** Default: the platform that this runs on. */
  readonly platform?: Platform;
  /** Default: `dist/provider` of this clone. */
  readonly releaseDirectory?: string;
  /** Builds even if nothing has changed. Default: false. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

/** `<releaseDirectory>/<platform>/terraform-provider-coder_v<version>`: the folder holds nothing else, so Terraform takes it as a package. */
function executablePath({ name, extension }: Platform, releaseDirectory = RELEASE_DIRECTORY): string {
  return join(releaseDirectory, name, `terraform-provider-coder_v${PROVIDER_VERSION}${extension}`);
}

/**
 * Builds the provider as one executable file, which takes a few seconds, unless the file exists and is up to date.
 *
 * @throws ReleaseError if there are no releases for this machine, or the other platform's Node cannot be downloaded
 */
export function buildExecutable(options: BuildExecutableOptions = {}): Promise<BuiltExecutable> {
  return buildSingleExecutable({ ...sourceOf(options), force: options.force ?? false, ...(options.signal && { signal: options.signal }) });
}

/** @returns a platform's executable from an earlier build; undefined if there is none, or if the sources have changed since */
export async function findExecutable(platform: Platform, releaseDirectory = RELEASE_DIRECTORY): Promise<string | undefined> {
  const source = sourceOf({ platform, releaseDirectory });
  return (await isUpToDate(source)) ? source.path : undefined;
}

function sourceOf(options: BuildExecutableOptions): ExecutableOptions {
  const { platform = findHostPlatform(), releaseDirectory = RELEASE_DIRECTORY, signal } = options;
  if (platform === undefined)
    throw new ReleaseError(`cannot build the provider for ${process.platform} on ${process.arch}: unsupported platform`);
  return {
    entry: join(ROOT, "provider", "coder", "main.ts"),
    path: executablePath(platform, releaseDirectory),
    stamp: join(releaseDirectory, ".inputs", platform.name),
    inputs: INPUTS,
    root: ROOT,
    ...(platform === findHostPlatform()
      ? {}
      : { target: { name: platform.name, findNode: () => findNode(platform, signal && { signal }) } }),
  };
}
