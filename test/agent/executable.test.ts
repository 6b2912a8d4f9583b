import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { buildAgent } from "../../scripts/build-agent.ts";
import { runMain, startAgent } from "./agent-process.ts";
import { openAgentWorld, until } from "./agent-world.ts";

// The build takes about 4 s when the sources have changed.
const LIMIT_MS = 90_000;

test(
  "is one file that says what it is, whatever NODE_OPTIONS a workspace sets",
  async () => {
    const { path } = await buildAgent();
    const { code, stdout } = await runMain(["--version"], { NODE_OPTIONS: "--require=/no/such/file" }, [path]);
    expect(code).toBe(0);
    expect(stdout.split("\n")[0]).toMatch(/^Proviso v\d+\.\d+\.\d+ \(Coder-compatible agent\)$/);
    expect((await buildAgent()).isNew).toBe(false);
  },
  LIMIT_MS,
);

test(
  "runs a workspace, and is what Git calls back",
  async () => {
    const { path } = await buildAgent();
    await using world = await openAgentWorld({ scripts: [{ script: 'echo "$GIT_SSH_COMMAND $GIT_ASKPASS $PATH"' }] });
    await using agent = await startAgent({ CODER_AGENT_URL: world.url, CODER_AGENT_TOKEN: world.token }, { command: [path] });
    await until("ready", () => world.lifecycle.includes("ready") && world.logs.length === 1);
    const output = world.logs[0]?.output ?? "";
    expect(output.startsWith(`${path} gitssh -- ${path} ${agent.directory}/coder-script-data/bin:`)).toBe(true);
    expect(output.endsWith(path.slice(0, path.lastIndexOf("/")))).toBe(true);
    expect(await readFile(`/proc/${agent.pid}/cmdline`, "utf8")).not.toContain(world.token);
    expect(await agent.end("SIGTERM")).toBe(0);
    expect(world.lifecycle.at(-1)).toBe("off");
  },
  LIMIT_MS,
);
