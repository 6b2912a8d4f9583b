import { ApiError } from "#sdk/api-error.ts";
import { Client } from "#sdk/client.ts";
import { Backoff } from "#transport/backoff.ts";
import { parseServerUrl, tokenSource } from "./options.ts";

export interface GitPrompt {
  /** Git's question: `Username for 'https://host': ` or `Password for 'https://user@host': `. */
  readonly prompt: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
}

/** Answers Git's question from the owner's external-auth link. @returns the exit code; after 1, Git asks elsewhere */
export async function answerGitPrompt({ prompt, env, write, writeError }: GitPrompt, signal: AbortSignal): Promise<number> {
  const asked = parsePrompt(prompt);
  if (asked === undefined) {
    writeError(`unknown Git prompt ${JSON.stringify(prompt)}\n`);
    return 1;
  }
  const client = new Client(parseServerUrl(env.CODER_AGENT_URL).href, { sessionToken: await tokenSource(env)() });
  const ask = () => client.getAgentExternalAuth({ match: asked.host, signal });
  try {
    let answer = await ask();
    if (answer.url !== "") {
      writeError(`Open the following address to log in with your Git host:\n\n\t${answer.url}\n\n`);
      // Only one user waits here, so there are no other clients to spread out.
      const backoff = new Backoff({ baseMs: 250, capMs: 10_000, jitter: 0 });
      while (answer.url !== "") {
        await backoff.wait(signal);
        answer = await ask().catch((error: unknown) => {
          if (error instanceof ApiError || signal.aborted) throw error;
          return answer;
        });
      }
    }
    write(`${answer.password !== "" && asked.user !== undefined ? answer.password : answer.username}\n`);
    return 0;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) {
      writeError(`no Git credentials are configured for ${asked.host}\n`);
      return 1;
    }
    writeError(`get git token: ${error instanceof Error ? error.message : error}\n`);
    return 1;
  }
}

/** Returns the host with its scheme, and the user if the prompt contains one. */
function parsePrompt(prompt: string): { host: string; user: string | undefined } | undefined {
  const text = /^(?:Username|Password) for '([^']+)'/.exec(prompt)?.[1];
  if (text === undefined || !URL.canParse(text)) return undefined;
  const { protocol, host, username } = new URL(text);
  return {
    host: `${protocol}//${host}`,
    user: prompt.startsWith("Password") && username !== "" ? decodeURIComponent(username) : undefined,
  };
}
