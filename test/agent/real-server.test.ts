/** The agent with the whole server, including the store; only Terraform's part is simulated. */
import { randomUUID } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deriveAgentToken } from "#credentials/agent-token.ts";
import type { AgentSchema, ResourceSchema } from "#proto/gen/provisioner_pb.js";
import { type PlayedDaemon, playDaemon } from "#test/server/played-daemon.ts";
import { makeTemplate } from "#test/server/scenario.ts";
import { openServerWorld, type ServerWorld } from "#test/server/server-world.ts";
import { startAgent } from "./agent-process.ts";

let world: ServerWorld;
let daemon: PlayedDaemon;
beforeAll(async () => {
  world = await openServerWorld();
  daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
});
afterAll(async () => {
  daemon?.[Symbol.dispose]();
  await world?.[Symbol.asyncDispose]();
});

const script = (text: string, when: { runOnStart?: boolean; runOnStop?: boolean }) => ({ displayName: "Setup", script: text, ...when });

for (const apiKeyScope of ["all", "no_user_data"]) {
  test(`an agent with ${apiKeyScope} starts before its build is done, reports everything, and says goodbye`, async () => {
    const template = await makeTemplate(world, daemon);
    const name = `w-${randomUUID().slice(0, 8)}`;
    const { id } = await world.client.createWorkspace("me", { name, template_id: template.id });
    const job = await daemon.acquire();
    if (job.type.case !== "workspaceBuild") throw new Error(`expected a build, got ${job.type.case}`);
    const terraformId = randomUUID();
    const token = deriveAgentToken(job.type.value.agentTokenSecret, terraformId);
    await using process = await startAgent({ CODER_AGENT_URL: world.url, CODER_AGENT_TOKEN: token });
    await expect.poll(() => process.output(), { timeout: 20_000 }).toContain("UNAUTHENTICATED");

    const agent = {
      id: terraformId,
      name: "main",
      apiKeyScope,
      operatingSystem: "linux",
      architecture: "amd64",
      auth: { case: "token" as const, value: "" },
      env: { GREETING: "hi" },
      scripts: [
        script('echo "$GREETING $CODER_WORKSPACE_OWNER_NAME/$CODER_WORKSPACE_NAME"', { runOnStart: true }),
        script("echo bye", { runOnStop: true }),
      ],
      metadata: [{ key: "load", displayName: "Load", script: "echo 0.5", interval: 1n, timeout: 1n }],
    } satisfies MessageInitShape<typeof AgentSchema>;
    const resources: MessageInitShape<typeof ResourceSchema>[] = [{ name: "dev", type: "null_resource", agents: [agent] }];
    await daemon.complete({ jobId: job.jobId, type: { case: "workspaceBuild", value: { state: Buffer.from("{}"), resources } } });

    const state = async () => (await world.client.getWorkspace(id)).latest_build.resources[0]?.agents?.[0];
    await expect.poll(state, { timeout: 20_000 }).toMatchObject({ status: "connected", lifecycle_state: "ready", version: "v0.1.0" });
    const agentId = (await state())?.id ?? "";
    const lines = async () => (await world.client.listWorkspaceAgentLogs(agentId)).map((log) => log.output);
    await expect.poll(lines, { timeout: 20_000 }).toEqual([`hi ann/${name}`]);

    expect(await process.end("SIGTERM")).toBe(0);
    expect(await state()).toMatchObject({ status: "disconnected", lifecycle_state: "off" });
    expect(await lines()).toEqual([`hi ann/${name}`, "bye"]);
    expect(world.logged()).not.toContain(token);
  });
}

test("a variable that the template adds to keeps the value that the agent was started with", async () => {
  const template = await makeTemplate(world, daemon);
  const { id } = await world.client.createWorkspace("me", { name: `w-${randomUUID().slice(0, 8)}`, template_id: template.id });
  const job = await daemon.acquire();
  if (job.type.case !== "workspaceBuild") throw new Error(`expected a build, got ${job.type.case}`);
  const terraformId = randomUUID();
  const agent = {
    id: terraformId,
    name: "main",
    operatingSystem: "linux",
    architecture: "amd64",
    auth: { case: "token" as const, value: "" },
    extraEnvs: [
      { name: "PATH", value: "/opt/toolchain/bin", mergeStrategy: "prepend" },
      { name: "PATH", value: "/opt/last/bin", mergeStrategy: "append" },
      { name: "LIBRARIES", value: "/opt/lib", mergeStrategy: "append" },
      { name: "GREETING", value: "hi", mergeStrategy: "error" },
    ],
    scripts: [script('ls -d /; echo "$PATH" | cut -d: -f2-; echo "$LIBRARIES $GREETING"', { runOnStart: true })],
  } satisfies MessageInitShape<typeof AgentSchema>;
  const resources: MessageInitShape<typeof ResourceSchema>[] = [{ name: "dev", type: "null_resource", agents: [agent] }];
  await daemon.complete({ jobId: job.jobId, type: { case: "workspaceBuild", value: { state: Buffer.from("{}"), resources } } });

  const token = deriveAgentToken(job.type.value.agentTokenSecret, terraformId);
  await using process = await startAgent({ CODER_AGENT_URL: world.url, CODER_AGENT_TOKEN: token, PATH: "/usr/bin:/bin" });
  const state = async () => (await world.client.getWorkspace(id)).latest_build.resources[0]?.agents?.[0];
  await expect.poll(state, { timeout: 20_000 }).toMatchObject({ lifecycle_state: "ready" });
  const lines = async () => (await world.client.listWorkspaceAgentLogs((await state())?.id ?? "")).map((log) => log.output);
  await expect.poll(lines, { timeout: 20_000 }).toEqual(["/", "/opt/toolchain/bin:/usr/bin:/bin:/opt/last/bin", "/opt/lib hi"]);
  expect(await process.end("SIGTERM")).toBe(0);
});
