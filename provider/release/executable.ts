import { join } from "node:path";
import process from "node:process";
import { PROVIDER_VERSION } from "../coder/version.ts";
import { findNode } from "./node-binary.ts";
import { findHostPlatform, type Platform } from "./platform.ts";
import { ReleaseError } from "./release-error.ts";
import { type BuiltExecutable, buildSingleExecutable, type ExecutableOptions, isUpToDate } from "./single-executable.ts";

const ROOT = join(import.meta.dirname, "../..");
/** Where everything of a release is written. */
export const RELEASE_DIRECTORY = join(ROOT, "dist", "provider");

/** All of the bundle, beside what package-lock.json pins. */
const INPUTS = ["provider", "proto", "credentials", "package.json", "package-lock.json"];

export interface BuildExecutableOptions {
  /** Default: the one that this runs on. */
  readonly platform?: Platform;
  /** Default: `dist/provider` of this clone. */
  readonly releaseDirectory?: string;
  /** Builds even when nothing has changed. Default: false. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

/** `<releaseDirectory>/<platform>/terraform-provider-coder_v<version>`: the folder holds nothing else, so Terraform takes it as a package. */
function executablePath({ name, extension }: Platform, releaseDirectory = RELEASE_DIRECTORY): string {
  return join(releaseDirectory, name, `terraform-provider-coder_v${PROVIDER_VERSION}${extension}`);
}

/**
 * Builds the provider as one executable file, unless it is there and up to date; takes some seconds then.
 *
 * @throws ReleaseError if no release is made for this machine, or the other platform's Node cannot be had
 */
export function buildExecutable(options: BuildExecutableOptions = {}): Promise<BuiltExecutable> {
  return buildSingleExecutable({ ...sourceOf(options), force: options.force ?? false, ...(options.signal && { signal: options.signal }) });
}

/** @returns the executable of a platform as an earlier build has left it; undefined without one, or if the sources have changed since */
export async function findExecutable(platform: Platform, releaseDirectory = RELEASE_DIRECTORY): Promise<string | undefined> {
  const source = sourceOf({ platform, releaseDirectory });
  return (await isUpToDate(source)) ? source.path : undefined;
}

function sourceOf(options: BuildExecutableOptions): ExecutableOptions {
  const { platform = findHostPlatform(), releaseDirectory = RELEASE_DIRECTORY, signal } = options;
  if (platform === undefined) throw new ReleaseError(`no provider is built for ${process.platform} on ${process.arch}`);
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
