/** The agent with the whole server, over a network that loses the server's answers. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { deriveAgentToken } from "#credentials/agent-token.ts";
import { playDaemon } from "#test/server/played-daemon.ts";
import { makeTemplate } from "#test/server/scenario.ts";
import { openServerWorld } from "#test/server/server-world.ts";
import { startAgent } from "./agent-process.ts";

interface LossyNetwork extends AsyncDisposable {
  readonly url: string;
  /** From now on, requests arrive and answers do not. */
  loseAnswers(): void;
  /** Cuts all connections; new ones work in both directions. */
  cut(): void;
}

async function openLossyNetwork(to: string): Promise<LossyNetwork> {
  const port = Number(new URL(to).port);
  const sockets = new Set<Socket>();
  let isLossy = false;
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    client.pipe(upstream);
    upstream.on("data", (bytes) => !isLossy && client.write(bytes));
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket
        .on("error", () => {})
        .on("close", () => {
          client.destroy();
          upstream.destroy();
          sockets.delete(socket);
        });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const cut = (): void => {
    isLossy = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    loseAnswers: () => {
      isLossy = true;
    },
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}

test("lines whose answer was lost are in the log once, and the following ones too", async () => {
  await using world = await openServerWorld();
  await using network = await openLossyNetwork(world.url);
  using daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  const template = await makeTemplate(world, daemon);
  const { id } = await world.client.createWorkspace("me", { name: "w", template_id: template.id });
  const job = await daemon.acquire();
  if (job.type.case !== "workspaceBuild") throw new Error(`expected a build, got ${job.type.case}`);
  const terraformId = randomUUID();
  const agent = {
    id: terraformId,
    name: "main",
    operatingSystem: "linux",
    architecture: "amd64",
    auth: { case: "token" as const, value: "" },
    scripts: [
      {
        displayName: "Setup",
        script: 'echo first; while [ ! -e "$HOME/go" ]; do sleep 0.05; done; echo second; echo third',
        runOnStart: true,
      },
      { displayName: "End", script: "echo bye", runOnStop: true },
    ],
  };
  const resources = [{ name: "dev", type: "null_resource", agents: [agent] }];
  await daemon.complete({ jobId: job.jobId, type: { case: "workspaceBuild", value: { state: Buffer.from("{}"), resources } } });
  const agentId = (await world.client.getWorkspace(id)).latest_build.resources[0]?.agents?.[0]?.id ?? "";
  const lines = async () => (await world.client.listWorkspaceAgentLogs(agentId)).map(({ output }) => output);

  const token = deriveAgentToken(job.type.value.agentTokenSecret, terraformId);
  await using process = await startAgent({ CODER_AGENT_URL: network.url, CODER_AGENT_TOKEN: token });
  await expect.poll(lines, { timeout: 20_000 }).toEqual(["first"]);
  network.loseAnswers();
  await writeFile(join(process.directory, "go"), "");
  await expect.poll(lines, { timeout: 20_000 }).toEqual(["first", "second", "third"]);
  network.cut();

  // Its end sends everything that still waits.
  expect(await process.end("SIGTERM")).toBe(0);
  expect(await lines()).toEqual(["first", "second", "third", "bye"]);
}, 60_000);
