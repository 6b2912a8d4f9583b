import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "#sdk/client.ts";
import { startServerProcess } from "../../scripts/demo/child-process.ts";
import { type CliRun, type CliRunOptions, runCli } from "./run-cli.ts";

const EMAIL = "ada@example.com";
const PASSWORD = "correct horse battery staple";

/** A `proviso server` process with its first user logged in, and a client's config folder. */
export interface CliServer extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  readonly folder: string;
  /** Runs a command with this server's session; `env` adds to the environment. */
  run(args: readonly string[], options?: CliRunOptions): Promise<CliRun>;
  readonly env: Readonly<Record<string, string>>;
  readonly client: Client;
}

/** @param daemons number of built-in provisioner daemons */
export async function startCliServer(daemons: number): Promise<CliServer> {
  const folder = await mkdtemp(join(tmpdir(), "proviso-cli-test-"));
  await mkdir(join(folder, "tmp"));
  const env = { CODER_CONFIG_DIR: join(folder, "config"), TMPDIR: join(folder, "tmp") };
  const server = await startServerProcess(
    ["--data-dir", join(folder, "data"), "--http-address", "127.0.0.1:0", "--provisioner-daemons", String(daemons)],
    {
      env: { PATH: process.env.PATH ?? "", HOME: folder, CHECKPOINT_DISABLE: "1", ...env },
      logFile: join(folder, "server.log"),
      signal: AbortSignal.timeout(30_000),
    },
  );
  const run = (args: readonly string[], options: CliRunOptions = {}) => runCli(args, { ...options, env: { ...env, ...options.env } });
  const stop = async (): Promise<void> => {
    await server.stop({ hurry: true });
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const login = await run(["login", server.url], {
      env: { CODER_FIRST_USER_USERNAME: "ada", CODER_FIRST_USER_EMAIL: EMAIL, CODER_FIRST_USER_PASSWORD: PASSWORD },
    });
    if (login.code !== 0) throw new Error(`the first login failed: ${login.stderr}`);
    const { session_token: sessionToken } = await new Client(server.url).logIn({ email: EMAIL, password: PASSWORD });
    const client = new Client(server.url, { sessionToken });
    return { url: server.url, pid: server.pid, folder, run, env, client, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export const FIRST_USER = { email: EMAIL, password: PASSWORD } as const;
