/**
 * The workspace agent as a standalone program: the single executable that the server offers under /bin/.
 * `agent` runs the agent; `gitssh` and Git's password prompts get the owner's credentials for Git, if this agent may have them.
 */
import { isSea } from "node:sea";
import { scrubEnvironment } from "#credentials/scrub-environment.ts";
import { isSecretVariable } from "#credentials/secret-variables.ts";
import { PROGRAM_VERSION } from "#proto/program-version.ts";

const USAGE = "usage: coder agent | coder gitssh -- <ssh arguments> | coder --version\n";

/** Loads a module only when its command runs, because `--version` and the prompts must be fast. */
async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { env } = process;
  const executable = isSea() ? process.execPath : undefined;
  const [command, ...rest] = args;
  const writeError = (text: string): void => void process.stderr.write(text);
  if (args.length === 1 && env.GIT_PREFIX !== undefined && /^(?:Username|Password) /.test(command ?? "")) {
    const { answerGitPrompt } = await import("./git-askpass.ts");
    return answerGitPrompt({ prompt: command ?? "", env, write: (text) => void process.stdout.write(text), writeError }, signal);
  }
  switch (command) {
    case "--version":
    case "-v":
    case "version":
      process.stdout.write(`Proviso ${PROGRAM_VERSION} (Coder-compatible agent)\n`);
      return 0;
    case "agent": {
      // Scripts get the token when they may have it. What the system shows of this process is for every program of its user.
      const own = { ...env };
      scrubEnvironment(isSecretVariable);
      const { agentCommand } = await import("./agent-command.ts");
      await agentCommand({ args: rest, env: own, executable, writeError }, signal);
      return 0;
    }
    case "gitssh": {
      const { gitSsh } = await import("./git-ssh.ts");
      return gitSsh({ args: rest[0] === "--" ? rest.slice(1) : rest, env, writeError }, signal);
    }
    default:
      writeError(USAGE);
      return 2;
  }
}

// Whoever reads the output may leave, and its disk may be full. Neither may end the agent.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const stopping = new AbortController();
for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  process.on(name, () => {
    // A second signal means that the sender does not want to wait.
    if (stopping.signal.aborted) process.exit(1);
    stopping.abort(new Error(name));
  });
}
main(process.argv.slice(2), stopping.signal).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`coder: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
