import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ApiError } from "#sdk/api-error.ts";
import { Client } from "#sdk/client.ts";
import { homeOf } from "./home.ts";
import { parseServerUrl, tokenSource } from "./options.ts";

export interface GitSshRun {
  /** Arguments for ssh. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly writeError: (text: string) => void;
}

const USUAL_KEYS = ["id_rsa", "id_dsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk", "id_xmss"];
/** Exit code for a failure of ssh itself, as opposed to the remote command. */
const SSH_FAILED = 255;

/** Runs ssh with the user's own keys first and the workspace owner's Git SSH key last. @returns the exit code: 0, or 1 for any failure */
export async function gitSsh({ args, env, writeError }: GitSshRun, signal: AbortSignal): Promise<number> {
  const url = parseServerUrl(env.CODER_AGENT_URL);
  const client = new Client(url.href, { sessionToken: await tokenSource(env)() });
  const key = await client.getAgentGitSshKey({ signal }).catch((error: unknown) => {
    const status = error instanceof ApiError ? ` (${error.status})` : "";
    throw new Error(`get agent git ssh token: ${error instanceof Error ? error.message : error}${status}`, { cause: error });
  });
  const own = await userKeys(args, env);

  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(env.TMPDIR || tmpdir(), "coder-gitsshkey-"));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "key");
  await writeFile(file, key.private_key, { mode: 0o600, flag: "wx" });

  const code = await runSsh([...[...own, file].flatMap((each) => ["-i", each]), ...args], env, signal);
  if (code === SSH_FAILED)
    writeError(
      `\nIf the Git host rejected the key, register this public key there:\n\n${key.public_key.trim()}\n\n` +
        "GitHub: https://github.com/settings/ssh/new   GitLab: https://gitlab.com/-/user_settings/ssh_keys\n",
    );
  return code === 0 ? 0 : 1;
}

/** Finds the existing identity files that ssh would use for these arguments. */
async function userKeys(args: readonly string[], env: GitSshRun["env"]): Promise<string[]> {
  const home = homeOf(env);
  const named = await promisify(execFile)("ssh", ["-G", ...args], { env }).then(
    ({ stdout }) => [...stdout.matchAll(/^identityfile (.+)$/gm)].map(([, path = ""]) => path.replace(/^~(?=\/)/, home)),
    () => USUAL_KEYS.map((name) => join(home, ".ssh", name)),
  );
  return named.filter(existsSync);
}

function runSsh(args: readonly string[], env: GitSshRun["env"], signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn("ssh", args, { env, stdio: "inherit" });
    const abort = (): void => void child.kill("SIGTERM");
    signal.addEventListener("abort", abort, { once: true });
    child.once("error", reject);
    child.once("exit", (code) => {
      signal.removeEventListener("abort", abort);
      resolve(code ?? 1);
    });
  });
}
