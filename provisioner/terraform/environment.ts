import { existsSync } from "node:fs";
import { devNull } from "node:os";
import type { Environment } from "./command.ts";

/**
 * What would make Terraform look for its state, its plugins or its arguments elsewhere than a job needs them,
 * or fill its output with tracing.
 */
const DISTURBING = /^(TF_WORKSPACE|TF_DATA_DIR|TF_CLI_ARGS(_.*)?|TF_REATTACH_PROVIDERS|TF_INPUT|TF_LOG(_CORE|_PROVIDER|_PATH)?)$/;
/** `CODER_` is how a job speaks to the provider, and both may hold secrets of the server that runs in this process. */
const OURS = /^(CODER|PROVISO)_/;

/**
 * The part of this process's environment that every Terraform command gets: cloud credentials, PATH, HOME and the rest of `TF_*`,
 * nothing of ours.
 *
 * @param exists whether a file is there
 */
export function baseEnvironment(
  processEnvironment: Readonly<Record<string, string | undefined>>,
  exists: (file: string) => boolean = existsSync,
): Environment {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(processEnvironment))
    if (value !== undefined && !OURS.test(name) && !DISTURBING.test(name)) env[name] = value;
  const cliConfig = env.TF_CLI_CONFIG_FILE;
  // Terraform goes on without a file that is not there, but says so on standard error each time. An empty one means the same, in silence.
  if (cliConfig !== undefined && cliConfig !== "" && !exists(cliConfig)) env.TF_CLI_CONFIG_FILE = devNull;
  return { ...env, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };
}
