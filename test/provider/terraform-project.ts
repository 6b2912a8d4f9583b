import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CODER_PROVIDER_ADDRESS } from "#provider/coder/address.ts";
import { coderProvider } from "#provider/coder/provider.ts";
import type { Provider } from "#provider/sdk/provider.ts";
import { serveInProcess } from "#provider/sdk/serve-in-process.ts";

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A directory with a configuration in it, in which Terraform finds a provider in one of its shapes. */
export interface TerraformProject extends AsyncDisposable {
  readonly directory: string;
  terraform(...args: readonly string[]): Promise<CommandResult>;
  write(file: string, content: string): Promise<void>;
  read(file: string): Promise<string>;
}

export type Variables = Readonly<Record<string, string>>;

export interface ProjectOptions {
  readonly files: Variables;
  /** For Terraform and, in a spawned shape, for the plugin. */
  readonly env?: Variables;
  /** What Terraform starts, in a spawned shape. Default: the coder provider's executable. */
  readonly plugin?: string;
}

/** No command of a test takes a tenth of it, even where the machine is busy. */
const COMMAND_DEADLINE_MS = 120_000;

const PLUGIN = join(import.meta.dirname, "../../bin/terraform-provider-coder");

/** The provider as a user's Terraform meets it: installed from a directory, started as a process. `init` has been run. */
export async function projectWithPlugin(options: ProjectOptions): Promise<TerraformProject> {
  const project = await openProject(options);
  try {
    const { stderr, exitCode } = await project.terraform("init", "-no-color");
    if (exitCode !== 0) throw new Error(`terraform init failed: ${stderr}`);
    return project;
  } catch (error) {
    await project[Symbol.asyncDispose]();
    throw error;
  }
}

/** With a provider that runs already. There is no `init`. @param reattach the value of `TF_REATTACH_PROVIDERS` */
export function projectWithReattached(options: ProjectOptions, reattach: string): Promise<TerraformProject> {
  return openProject({ ...options, env: { ...options.env, TF_REATTACH_PROVIDERS: reattach } });
}

/** The provider as the daemon gives it to Terraform: in this process, attached over a socket. There is no `init`. */
export async function projectInProcess(
  options: ProjectOptions & {
    readonly coderEnv?: Variables;
    readonly agentTokenSecret?: Uint8Array;
    readonly provider?: Provider;
    readonly address?: string;
  },
): Promise<TerraformProject & { readonly faults: readonly unknown[] }> {
  await using opened = new AsyncDisposableStack();
  const { coderEnv: env = {}, agentTokenSecret } = options;
  const provider = options.provider ?? coderProvider({ env, ...(agentTokenSecret === undefined ? {} : { agentTokenSecret }) });
  const directory = await mkdtemp(join(tmpdir(), "provider-"));
  opened.defer(() => rm(directory, { recursive: true, force: true }));
  const faults: unknown[] = [];
  const served = opened.use(
    await serveInProcess(provider, {
      address: options.address ?? CODER_PROVIDER_ADDRESS,
      directory,
      onFault: (error) => faults.push(error),
    }),
  );
  const project = opened.use(await projectWithReattached(options, served.reattachProviders));
  const owned = opened.move();
  return { ...project, faults, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function openProject({ files, env = {}, plugin = PLUGIN }: ProjectOptions): Promise<TerraformProject> {
  const directory = await mkdtemp(join(tmpdir(), "terraform-"));
  const write = async (file: string, content: string): Promise<void> => {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), content);
  };
  for (const [file, content] of Object.entries(files)) await write(file, content);
  const mirror = join(directory, "mirror");
  const platform = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
  const packageDirectory = join(mirror, CODER_PROVIDER_ADDRESS, "0.1.0", platform);
  await mkdir(packageDirectory, { recursive: true });
  await symlink(plugin, join(packageDirectory, "terraform-provider-coder_v0.1.0"));
  await write("cli.tfrc", `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`);
  return {
    directory,
    write,
    read: (file) => readFile(join(directory, file), "utf8"),
    terraform: (...args) => {
      const base = { PATH: process.env.PATH ?? "", HOME: directory, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };
      return run("terraform", args, { cwd: directory, env: { ...base, TF_CLI_CONFIG_FILE: join(directory, "cli.tfrc"), ...env } });
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

function run(command: string, args: readonly string[], options: { cwd: string; env: Variables }): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    // A command that hangs outlives the test that has given it up, so it is ended here.
    const child = spawn(command, args, {
      ...options,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: COMMAND_DEADLINE_MS,
      killSignal: "SIGKILL",
    });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.once("error", reject);
    child.once("close", (exitCode) =>
      resolve({ exitCode, stdout: Buffer.concat(stdout).toString("utf8"), stderr: Buffer.concat(stderr).toString("utf8") }),
    );
  });
}
