import { readFile } from "node:fs/promises";
import { homedir, tmpdir, userInfo } from "node:os";
import { parseArgs } from "node:util";
import { loginShell } from "./command.ts";
import type { AgentOptions, Subsystem } from "./run-agent.ts";

/** What the user can put right, in one sentence. */
class UsageError extends Error {
  override readonly name = "UsageError";
}

type Env = Readonly<Record<string, string | undefined>>;

const FLAGS = {
  "agent-token-file": { type: "string" },
  "agent-url": { type: "string" },
  auth: { type: "string" },
  "log-dir": { type: "string" },
  "script-data-dir": { type: "string" },
} as const;

/**
 * The agent's options from its flags, else its environment. There is no flag for the token itself: command lines can be read by everybody.
 *
 * @throws UsageError
 */
export function parseAgentOptions(args: readonly string[], env: Env, executable: string | undefined): AgentOptions {
  const flags = parseFlags(args);
  const pick = (flag: keyof typeof FLAGS, variable: string): string | undefined => flags[flag] || env[variable] || undefined;
  const auth = pick("auth", "CODER_AGENT_AUTH") ?? "token";
  if (auth !== "token") throw new UsageError(`CODER_AGENT_AUTH is ${JSON.stringify(auth)}, but this agent can only use "token"`);
  const home = env.HOME || homedir();
  return {
    url: parseServerUrl(pick("agent-url", "CODER_AGENT_URL")),
    token: tokenSource(env, pick("agent-token-file", "CODER_AGENT_TOKEN_FILE")),
    env,
    home,
    username: usernameOf(env),
    shell: loginShell(env),
    logDirectory: pick("log-dir", "CODER_AGENT_LOG_DIR") ?? tmpdir(),
    scriptDataDirectory: pick("script-data-dir", "CODER_AGENT_SCRIPT_DATA_DIR") ?? tmpdir(),
    subsystems: parseSubsystems(env.CODER_AGENT_SUBSYSTEM ?? ""),
    ...(executable === undefined ? {} : { executable }),
  };
}

/** @throws UsageError */
export function parseServerUrl(text: string | undefined): URL {
  if (text === undefined) throw new UsageError("CODER_AGENT_URL is not set: it must be the server's address");
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:"))
    throw new UsageError(`CODER_AGENT_URL is ${JSON.stringify(text)}, which is no http:// or https:// address`);
  return url;
}

/** @throws UsageError if neither the token nor a file with it is named; what is asked for later may fail for reasons of the file */
export function tokenSource(env: Env, file = env.CODER_AGENT_TOKEN_FILE || undefined): () => Promise<string> {
  const token = env.CODER_AGENT_TOKEN;
  if (token) return async () => token;
  if (file === undefined) throw new UsageError("CODER_AGENT_TOKEN is not set, and no CODER_AGENT_TOKEN_FILE either");
  return async () => (await readFile(file, "utf8")).trim();
}

function parseFlags(args: readonly string[]): { [K in keyof typeof FLAGS]?: string | undefined } {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function parseSubsystems(text: string): Subsystem[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "")
    .map((word) => {
      if (word === "envbox" || word === "envbuilder" || word === "exectrace") return word;
      throw new UsageError(`CODER_AGENT_SUBSYSTEM names ${JSON.stringify(word)}, which is none of envbox, envbuilder, exectrace`);
    });
}

function usernameOf(env: Env): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry is ordinary in containers.
    return env.USER ?? "";
  }
}
