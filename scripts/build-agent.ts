/** Builds the agent as a single executable for this platform. */
import { join } from "node:path";
import { type BuiltExecutable, buildSingleExecutable } from "#provider/release/single-executable.ts";

export interface BuildAgentOptions {
  /** Default: `dist/bin` of this clone. */
  readonly outDirectory?: string;
  /** Builds even if nothing has changed. Default: false. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

const ROOT = join(import.meta.dirname, "..");
/** Everything that goes into the bundle, besides what package-lock.json pins. */
const INPUTS = ["agent", "credentials", "proto", "sdk", "transport", "package.json", "package-lock.json", "scripts/build-agent.ts"];

/** Builds `<outDirectory>/coder-<os>-<arch>` unless it is up to date. Two builds at once do not disturb each other. */
export function buildAgent({
  outDirectory = join(ROOT, "dist", "bin"),
  force = false,
  signal,
}: BuildAgentOptions = {}): Promise<BuiltExecutable> {
  return buildSingleExecutable({
    entry: join(ROOT, "agent", "main.ts"),
    path: join(outDirectory, `coder-${process.platform}-${ARCHITECTURES[process.arch] ?? process.arch}`),
    inputs: INPUTS,
    root: ROOT,
    force,
    ...(signal && { signal }),
  });
}

/** The names that the init scripts use. */
const ARCHITECTURES: Readonly<Partial<Record<NodeJS.Architecture, string>>> = { x64: "amd64", arm64: "arm64", arm: "armv7" };

if (import.meta.main) {
  const startedAt = performance.now();
  const { path, isNew } = await buildAgent({ force: process.argv.includes("--force") });
  console.log(`${path} ${isNew ? `built in ${Math.round(performance.now() - startedAt)} ms` : "is up to date"}`);
}
