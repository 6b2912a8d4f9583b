import { existsSync } from "node:fs";
import { devNull } from "node:os";
import type { Environment } from "./command.ts";

/**
 * Matches variables that would make Terraform look for its state, plugins or arguments in the wrong place, or fill its output with
 * traces.
 */
const DISTURBING = /^(TF_WORKSPACE|TF_DATA_DIR|TF_CLI_ARGS(_.*)?|TF_REATTACH_PROVIDERS|TF_INPUT|TF_LOG(_CORE|_PROVIDER|_PATH)?)$/;
/** A job passes data to the provider in `CODER_*`, and both prefixes may hold secrets of a server that runs in this process. */
const OURS = /^(CODER|PROVISO)_/;

/**
 * Returns the part of this process's environment that every Terraform command gets: cloud credentials, PATH, HOME and the rest of `TF_*`,
 * but none of our own variables.
 *
 * @param exists whether a file exists
 */
export function baseEnvironment(
  processEnvironment: Readonly<Record<string, string | undefined>>,
  exists: (file: string) => boolean = existsSync,
): Environment {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(processEnvironment))
    if (value !== undefined && !OURS.test(name) && !DISTURBING.test(name)) env[name] = value;
  const cliConfig = env.TF_CLI_CONFIG_FILE;
  // Terraform works without this file, but warns on standard error each time. An empty file has the same effect without the warning.
  if (cliConfig !== undefined && cliConfig !== "" && !exists(cliConfig)) env.TF_CLI_CONFIG_FILE = devNull;
  return { ...env, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };
}
