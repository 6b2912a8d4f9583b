import { stat } from "node:fs/promises";
import path from "node:path";
import { findProgram, programFolders } from "../find-program.ts";
import { type Environment, runTerraform } from "./command.ts";
import { parseJsonObject, stringMember } from "./json.ts";

const MINIMUM_VERSION = "1.1.0";

export interface Terraform {
  /** The absolute path. */
  readonly path: string;
  readonly version: string;
}

/** No Terraform here can run a job. The message is one sentence that says what to install. */
export class TerraformUnusableError extends Error {
  override readonly name = "TerraformUnusableError";
}

const known = new Map<string, Terraform>();

/**
 * Finds the program and its version. The version is read again only if the file changes, so that it costs a job no time, and a program that
 * is installed while we run is found.
 *
 * @param configured path or name; default: `terraform` on PATH
 * @throws TerraformUnusableError if it is missing, cannot be run, or is older than {@link MINIMUM_VERSION}
 */
export async function findTerraform(configured: string | undefined, env: Environment): Promise<Terraform> {
  const program = await locate(configured ?? "terraform", env);
  if (program === undefined) {
    const where = configured === undefined ? "on PATH" : `at ${configured}`;
    throw new TerraformUnusableError(
      `Terraform was not found ${where}: install Terraform ${MINIMUM_VERSION} or newer (https://developer.hashicorp.com/terraform/install).`,
    );
  }
  const info = await stat(program);
  const state = `${program}\0${info.mtimeMs}\0${info.size}`;
  const found = known.get(state) ?? { path: program, version: await askVersion(program, env) };
  if (isOlder(found.version, MINIMUM_VERSION)) {
    throw new TerraformUnusableError(`Terraform ${found.version} (${program}) is too old: install Terraform ${MINIMUM_VERSION} or newer.`);
  }
  known.set(state, found);
  return found;
}

async function locate(name: string, env: Environment): Promise<string | undefined> {
  return findProgram(name, name.includes("/") || name.includes(path.sep) ? [""] : programFolders(env));
}

async function askVersion(program: string, env: Environment): Promise<string> {
  const limit = AbortSignal.timeout(30_000);
  const run = runTerraform({
    program,
    args: ["version", "-json"],
    cwd: path.dirname(program),
    env,
    stop: { interrupt: limit, kill: limit, graceMs: 0 },
  });
  const { stdout } = await run.catch((error: unknown) => {
    throw new TerraformUnusableError(`Terraform (${program}) cannot be run: install Terraform ${MINIMUM_VERSION} or newer.`, {
      cause: error,
    });
  });
  const answer = parseJsonObject(stdout.toString("utf8"));
  const version = answer === undefined ? undefined : stringMember(answer, "terraform_version");
  if (version === undefined || !/^\d+\.\d+\.\d+/.test(version)) {
    throw new TerraformUnusableError(`${program} does not report a Terraform version: install Terraform ${MINIMUM_VERSION} or newer.`);
  }
  return version;
}

/** Compares only the numbers: a pre-release counts as its release. */
export function isOlder(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => text.split(/[.+-]/).slice(0, 3).map(Number));
  for (let part = 0; part < 3; part++) {
    const difference = (left?.[part] ?? 0) - (right?.[part] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
