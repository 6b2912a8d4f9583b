import { constants } from "node:fs";
import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { CODER_PROVIDER_ADDRESS } from "#provider/coder/address.ts";
import { coderProvider } from "#provider/coder/provider.ts";
import { serveInProcess } from "#provider/sdk/serve-in-process.ts";
import type { TokenSource } from "./terraform/agents.ts";
import type { Environment } from "./terraform/command.ts";

/** What the provider gets to know about one run. */
export interface ProviderContext {
  /** `CODER_*` variables. */
  readonly env: Readonly<Record<string, string>>;
  readonly agentTokenSecret?: Uint8Array;
}

/** The `coder` provider, ready for the Terraform commands of one run. They must have ended before it is disposed of. */
export interface HostedProvider extends AsyncDisposable {
  /** Environment of `terraform init`. */
  readonly initEnv: Environment;
  /** Environment of every other command. */
  readonly env: Environment;
  /** Where it listens: the job's folder, or one with a shorter path. */
  readonly folders: readonly string[];
}

/** The strictest limit for a socket's path is 103 bytes, and names inside the directory take a quarter of them. */
const MAX_SOCKET_DIRECTORY_BYTES = 80;

/** One of the two modes of the provider. */
export interface ProviderHost {
  readonly tokens: TokenSource;
  /** @param directory of the job, to share with Terraform: whatever a killed daemon leaves in it is removed when the directory is swept */
  open(context: ProviderContext, directory: string): Promise<HostedProvider>;
}

/** Serves the provider in this process: no plugin starts, and Terraform's environment, which templates can read, has no build data. */
export const inProcessProvider: ProviderHost = {
  tokens: "server",
  async open(context, jobDirectory) {
    await using opened = new AsyncDisposableStack();
    const directory = await socketDirectory(jobDirectory, opened);
    const served = opened.use(await serveInProcess(coderProvider(context), { address: CODER_PROVIDER_ADDRESS, directory }));
    const env = { TF_REATTACH_PROVIDERS: served.reattachProviders };
    const owned = opened.move();
    return { initEnv: env, env, folders: [directory], [Symbol.asyncDispose]: () => owned.disposeAsync() };
  },
};

/**
 * Uses the plugin executable, which Terraform starts for each command through a development override, so that templates that pin a version
 * or hashes of the published provider work as they do in process. `init` would still ask the registry, so it gets our provider in process.
 *
 * @param directory contains `terraform-provider-coder`
 * @param baseEnv may name a CLI configuration, which still applies
 */
export function pluginProvider(directory: string, baseEnv: Environment): ProviderHost {
  return {
    tokens: "state",
    async open(context, jobDirectory) {
      await access(path.join(directory, "terraform-provider-coder"), constants.X_OK).catch((cause: unknown) => {
        throw new Error(`the provider executable terraform-provider-coder is not in ${directory}`, { cause });
      });
      await using opened = new AsyncDisposableStack();
      const forInit = opened.use(await inProcessProvider.open({ env: {} }, jobDirectory));
      const sockets = await socketDirectory(jobDirectory, opened);
      const config = path.join(jobDirectory, "cli-config.tfrc");
      await writeFile(config, withOverride(await readCliConfig(baseEnv), directory), { mode: 0o600 });
      const owned = opened.move();
      return {
        initEnv: { ...forInit.initEnv, PLUGIN_UNIX_SOCKET_DIR: sockets },
        env: { TF_CLI_CONFIG_FILE: config, PLUGIN_UNIX_SOCKET_DIR: sockets, ...context.env },
        folders: [...forInit.folders, sockets],
        [Symbol.asyncDispose]: () => owned.disposeAsync(),
      };
    },
  };
}

/** Returns the job's directory, or one with a shorter path that is removed together with the provider. */
async function socketDirectory(jobDirectory: string, owner: AsyncDisposableStack): Promise<string> {
  if (Buffer.byteLength(jobDirectory) <= MAX_SOCKET_DIRECTORY_BYTES) return jobDirectory;
  const directory = await mkdtemp(path.join(tmpdir(), "proviso-"));
  owner.defer(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Puts the override before the configuration's own installation methods; all other providers are installed as before. */
export function withOverride(config: string, directory: string): string {
  const override = `dev_overrides {\n    ${JSON.stringify(CODER_PROVIDER_ADDRESS)} = ${JSON.stringify(directory)}\n  }`;
  const block = /^([ \t]*provider_installation[ \t]*\{)/m;
  if (block.test(config)) return config.replace(block, (_, head: string) => `${head}\n  ${override}\n`);
  return `${config}\nprovider_installation {\n  ${override}\n  direct {}\n}\n`;
}

async function readCliConfig(env: Environment): Promise<string> {
  const file = env.TF_CLI_CONFIG_FILE || path.join(env.HOME ?? "", ".terraformrc");
  return readFile(file, "utf8").catch(() => "");
}
