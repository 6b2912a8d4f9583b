import { readFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { parseArgs } from "node:util";
import { loginShell } from "./command.ts";
import { homeOf } from "./home.ts";
import type { AgentOptions, Subsystem } from "./run-agent.ts";

/** A mistake that the user can fix. The message is one sentence. */
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
 * Parses the agent's options from its flags, otherwise from its environment. There is no flag for the token itself, because everybody can
 * read command lines.
 *
 * @throws UsageError
 */
export function parseAgentOptions(args: readonly string[], env: Env, executable: string | undefined): AgentOptions {
  const flags = parseFlags(args);
  const pick = (flag: keyof typeof FLAGS, variable: string): string | undefined => flags[flag] || env[variable] || undefined;
  const auth = pick("auth", "CODER_AGENT_AUTH") ?? "token";
  if (auth !== "token") throw new UsageError(`CODER_AGENT_AUTH is ${JSON.stringify(auth)}, but this agent can only use "token"`);
  return {
    url: parseServerUrl(pick("agent-url", "CODER_AGENT_URL")),
    token: tokenSource(env, pick("agent-token-file", "CODER_AGENT_TOKEN_FILE")),
    env,
    home: homeOf(env),
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
  if (text === undefined) throw new UsageError("CODER_AGENT_URL is not set: set it to the server's URL");
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:"))
    throw new UsageError(`CODER_AGENT_URL is ${JSON.stringify(text)}, which is not an http:// or https:// URL`);
  return url;
}

/** @throws UsageError if neither the token nor a token file is given. The returned function rejects if the file cannot be read */
export function tokenSource(env: Env, file = env.CODER_AGENT_TOKEN_FILE || undefined): () => Promise<string> {
  const token = env.CODER_AGENT_TOKEN;
  if (token) return async () => token;
  if (file === undefined) throw new UsageError("the agent has no token: set CODER_AGENT_TOKEN or CODER_AGENT_TOKEN_FILE");
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
      throw new UsageError(`CODER_AGENT_SUBSYSTEM contains ${JSON.stringify(word)}; expected envbox, envbuilder or exectrace`);
    });
}

function usernameOf(env: Env): string {
  try {
    return userInfo().username;
  } catch {
    // In containers, a user ID without an entry is normal.
    return env.USER ?? "";
  }
}
