import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ChannelCredentials, Metadata } from "@grpc/grpc-js";
import { expect, test as serial } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { AGENT_API_VERSION, AGENT_TOKEN } from "#proto/call-metadata.ts";
import { Agent } from "#proto/gen/agent_pb.js";
import { createClient } from "#proto/grpc.ts";
import { startAgent } from "./agent-process.ts";
import { type AgentWorld, openAgentWorld, until } from "./agent-world.ts";

// The agents wait most of the time, so the tests run concurrently.
const test = serial.concurrent;

const environmentOf = (world: AgentWorld) => ({ CODER_AGENT_URL: world.url, CODER_AGENT_TOKEN: world.token });
const outputs = (world: AgentWorld, level?: string) =>
  world.logs.filter((line) => level === undefined || line.level === level).map((line) => line.output);

test("goes through its life in order, and its scripts' output arrives", async () => {
  await using world = await openAgentWorld({
    scripts: [
      { script: "echo hello; echo oops >&2; echo $GREETING in $PWD from $CODER_WORKSPACE_OWNER_NAME/$CODER_WORKSPACE_NAME" },
      { script: "#!/usr/bin/env bash\n[[ -n $BASH ]] && echo from bash" },
      { script: "echo bye", on: "stop" },
    ],
    environment: { GREETING: "$NAME-$" + "{NAME}" },
  });
  await using agent = await startAgent({ ...environmentOf(world), NAME: "hi" });
  await until("ready", () => world.lifecycle.includes("ready"));
  await until("the logs", () => world.logs.length === 4);
  expect(outputs(world, "info").toSorted()).toEqual(["from bash", "hello", `hi-hi in ${agent.directory} from ann/dev`]);
  expect(outputs(world, "error")).toEqual(["oops"]);
  expect(world.startups).toEqual([{ version: "v0.1.0", expandedDirectory: "", apiVersion: "2.11", subsystems: [] }]);

  expect(await agent.end("SIGTERM")).toBe(0);
  expect(outputs(world).at(-1)).toBe("bye");
  expect(world.lifecycle).toEqual(["starting", "ready", "shutting_down", "off"]);
  expect(world.timings.map(({ stage, status, exit_code }) => [stage, status, exit_code])).toEqual([
    ["start", "ok", 0],
    ["start", "ok", 0],
    ["stop", "ok", 0],
  ]);
  expect(world.disconnections).toBe(1);
  expect(world.errors).toEqual([]);
});

test("works without its owner's data", async () => {
  await using world = await openAgentWorld({ scripts: [{ script: "echo ready" }], apiKeyScope: "no_user_data" });
  await using agent = await startAgent(environmentOf(world));
  await until("ready", () => world.lifecycle.includes("ready") && world.logs.length === 1);
  expect(await agent.end("SIGINT")).toBe(0);
  expect(world.errors).toEqual([]);
});

test("a stored scope that nobody knows is reported, and the agent still works", async () => {
  await using world = await openAgentWorld({ apiKeyScope: "everything" });
  await using _agent = await startAgent(environmentOf(world));
  await until("ready", () => world.lifecycle.includes("ready"));
  expect(world.errors[0]).toMatchObject([{ kind: "agent scope", value: "everything" }, expect.any(String)]);
});

test("runs start scripts once, however often the server goes away, and tells later what it could not tell then", async () => {
  await using world = await openAgentWorld({
    scripts: [{ script: "echo begin; while [ ! -e $HOME/go-on ]; do sleep 0.05; done; echo end" }],
    reportIntervalMs: 50,
  });
  await using agent = await startAgent(environmentOf(world));
  await until("the script runs", () => world.lifecycle.length === 1 && world.logs.length === 1);
  world.goAway();
  await writeFile(join(agent.directory, "go-on"), "");
  await until("it notices", () => agent.output().includes("not connected"));
  await world.comeBack();
  await until("ready", () => world.lifecycle.includes("ready") && world.timings.length === 1);
  await until("the rest of the log", () => world.logs.length === 2);
  expect(outputs(world)).toEqual(["begin", "end"]);
  expect(world.lifecycle).toEqual(["starting", "ready"]);
  expect(world.manifests).toBeGreaterThan(1);
  world.goAway();
  await world.comeBack();
  const before = world.connections;
  await until("it is heard again", () => world.connections > before);
  expect(world.timings).toHaveLength(1);
  expect(world.lifecycle).toEqual(["starting", "ready"]);
});

test("keeps trying with a token that is not known yet, and never shows it", async () => {
  await using world = await openAgentWorld();
  world.isTokenKnown = false;
  await using agent = await startAgent(environmentOf(world));
  await until("a refusal", () => agent.output().includes("UNAUTHENTICATED"));
  const commandLine = await readFile(`/proc/${agent.pid}/cmdline`, "utf8");
  expect(commandLine).toContain("agent");
  expect(commandLine).not.toContain(world.token);
  world.isTokenKnown = true;
  await until("ready", () => world.lifecycle.includes("ready"));
  await agent.end("SIGTERM");
  const file = join(agent.directory, "coder-agent.log");
  for (const log of [agent.output(), await readFile(file, "utf8")]) {
    expect(log).toContain("UNAUTHENTICATED");
    expect(log).not.toContain(world.token);
    expect(log.split("UNAUTHENTICATED")).toHaveLength(2);
  }
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("ends at once when the server never knew it", async () => {
  await using world = await openAgentWorld();
  await using agent = await startAgent({ ...environmentOf(world), CODER_AGENT_TOKEN: formatSecret("agent") });
  await until("a refusal", () => agent.output().includes("UNAUTHENTICATED"));
  expect(await agent.end("SIGTERM")).toBe(0);
  expect(world.lifecycle).toEqual([]);
});

test("does not wait for a server that has dismissed it, but still runs its stop scripts", async () => {
  await using world = await openAgentWorld({ scripts: [{ script: "touch $HOME/stopped", on: "stop" }] });
  await using agent = await startAgent(environmentOf(world));
  await until("ready", () => world.lifecycle.includes("ready"));
  world.isTokenKnown = false;
  const before = performance.now();
  expect(await agent.end("SIGTERM")).toBe(0);
  expect(performance.now() - before).toBeLessThan(4_000);
  await stat(join(agent.directory, "stopped"));
  expect(world.lifecycle).toEqual(["starting", "ready"]);
});

test("a script that prints a secret of ours does not get it into the log", async () => {
  await using world = await openAgentWorld({ scripts: [{ script: 'echo "token $CODER_AGENT_TOKEN"' }] });
  await using _agent = await startAgent(environmentOf(world));
  await until("the log", () => world.logs.length === 1);
  expect(outputs(world)).toEqual(["token pva_..."]);
});

for (const { name, script, state, status } of [
  { name: "fails", script: { script: "exit 3" }, state: "start_error", status: ["exit_failure", 3] },
  { name: "does not exist", script: { script: "#!/no/such/interpreter" }, state: "start_error", status: ["exit_failure", 255] },
  { name: "takes too long", script: { script: "sleep 60", timeoutSeconds: 1 }, state: "start_timeout", status: ["timed_out", 255] },
]) {
  test(`a start script that ${name} makes the start a ${state}`, async () => {
    await using world = await openAgentWorld({ scripts: [script, { script: "echo fine" }] });
    await using _agent = await startAgent(environmentOf(world));
    await until(state, () => world.lifecycle.includes(state) && world.timings.length === 2);
    const [scriptId] = world.scriptIds;
    expect(world.timings.filter((timing) => timing.script_id === scriptId).map((timing) => [timing.status, timing.exit_code])).toEqual([
      status,
    ]);
    expect(outputs(world)).toContain("fine");
  });
}

test("a stop script that fails is a shutdown_error, and what still runs is ended", async () => {
  await using world = await openAgentWorld({
    scripts: [{ script: "echo $$ > $HOME/pid; sleep 600" }, { script: "exit 1", on: "stop" }],
  });
  await using agent = await startAgent(environmentOf(world));
  const pid = async (): Promise<string> => (await readFile(join(agent.directory, "pid"), "utf8").catch(() => "")).trim();
  let running = "";
  await until("the script runs", () => {
    void pid().then((found) => (running = found));
    return running !== "";
  });
  expect(await agent.end("SIGTERM")).toBe(0);
  expect(world.lifecycle).toEqual(["starting", "shutting_down", "shutdown_error"]);
  expect(() => process.kill(Number(running), 0)).toThrow("ESRCH");
});

test("runs scripts by the clock, in seconds, and names a schedule that is none", async () => {
  await using world = await openAgentWorld({
    scripts: [
      { script: "echo tick", on: "nothing", cron: "* * * * * *" },
      { script: "echo tock", on: "nothing", cron: "* * * * *" },
      { script: "echo never", on: "nothing", cron: "every day" },
    ],
  });
  await using _agent = await startAgent(environmentOf(world));
  await until("both", () => outputs(world).filter((line) => line === "tick").length >= 2 && outputs(world).includes("tock"));
  expect(outputs(world, "error")).toEqual([expect.stringContaining('invalid schedule "every day"')]);
  expect(world.timings[0]).toMatchObject({ stage: "cron", status: "ok" });
});

test("collects metadata at its interval, with what went wrong", async () => {
  await using world = await openAgentWorld({
    metadata: [
      { key: "load", script: "echo 0.5; echo warn >&2" },
      { key: "once", script: "date +%N", interval: 0 },
      { key: "broken", script: "echo partly; exit 7" },
      { key: "slow", script: "sleep 60", interval: 100, timeout: 1 },
    ],
  });
  await using _agent = await startAgent(environmentOf(world));
  const of = (key: string) => world.metadata.filter((each) => each.key === key);
  await until("all", () => of("load").length >= 2 && of("slow").length === 1 && of("broken").length > 0);
  expect(of("load")[0]).toMatchObject({ value: expect.stringMatching(/^(0\.5\nwarn\n|warn\n0\.5\n)$/), error: "" });
  expect(of("once")).toHaveLength(1);
  expect(of("broken")[0]).toMatchObject({ value: "partly\n", error: "run cmd: exit status 7" });
  expect(of("slow")[0]).toMatchObject({ value: "", error: "run cmd: context deadline exceeded" });
});

test("stops sending logs at the server's limit, and goes on with everything else", async () => {
  await using world = await openAgentWorld({
    scripts: [{ script: "for n in 1 2 3 4 5; do echo $n; sleep 0.6; done" }],
    logLines: 3,
  });
  await using agent = await startAgent(environmentOf(world));
  await until("ready", () => world.lifecycle.includes("ready") && world.timings.length === 1);
  expect(world.logs.length).toBeLessThanOrEqual(3);
  expect(agent.output()).not.toContain("not connected");
});

for (const { name, env, message } of [
  { name: "no address", env: { CODER_AGENT_TOKEN: "x" }, message: "CODER_AGENT_URL is not set" },
  { name: "no token", env: { CODER_AGENT_URL: "http://127.0.0.1:1" }, message: "the agent has no token: set CODER_AGENT_TOKEN" },
  {
    name: "another scheme",
    env: { CODER_AGENT_URL: "ftp://x", CODER_AGENT_TOKEN: "x" },
    message: "which is not an http:// or https:// URL",
  },
  {
    name: "a cloud identity",
    env: { CODER_AGENT_URL: "http://127.0.0.1:1", CODER_AGENT_AUTH: "aws-instance-identity" },
    message: 'can only use "token"',
  },
]) {
  test(`does not start with ${name}, and says why`, async () => {
    await using agent = await startAgent(env);
    await until("the end", () => agent.output().endsWith("\n"));
    expect(agent.output()).toContain(message);
    expect(await agent.end("SIGTERM")).toBe(1);
  });
}

test("takes no token on the command line", async () => {
  await using agent = await startAgent({ CODER_AGENT_URL: "http://127.0.0.1:1" }, { args: ["--agent-token=x"] });
  await until("the end", () => agent.output().endsWith("\n"));
  expect(agent.output()).toContain("--agent-token");
  expect(await agent.end("SIGTERM")).toBe(1);
});

test("no wrong token is told which way it is wrong", async () => {
  await using world = await openAgentWorld();
  const client = createClient(Agent, world.url.slice("http://".length), ChannelCredentials.createInsecure());
  const refusal = async (...tokens: string[]): Promise<unknown> => {
    const metadata = new Metadata();
    for (const token of tokens) metadata.add(AGENT_TOKEN, token);
    return client.getManifest({}, { metadata }).catch((error: unknown) => ({ ...(error as Error), text: String(error) }));
  };
  const unknown = await refusal(formatSecret("agent"));
  expect(unknown).toMatchObject({ code: "UNAUTHENTICATED" });
  for (const tokens of [[], [""], ["garbled"], [world.token.slice(0, -1)], [world.token, world.token], [formatSecret("session")]])
    expect(await refusal(...tokens)).toMatchObject({ code: "UNAUTHENTICATED", text: "StatusError: Workspace agent not authorized." });
  client.close();
});

test("refuses a level of the API that is ahead, with the reason, and reports that mean nothing", async () => {
  await using world = await openAgentWorld({ scripts: [{ script: "" }] });
  const client = createClient(Agent, world.url.slice("http://".length), ChannelCredentials.createInsecure());
  const metadata = new Metadata();
  metadata.set(AGENT_TOKEN, world.token);
  for (const refused of [
    client.updateLifecycle({ lifecycle: { state: 0 } }, { metadata }),
    client.updateStartup({ startup: { version: "0.1.0" } }, { metadata }),
    client.updateStartup({ startup: { version: "v0.1.0", subsystems: [0] } }, { metadata }),
    client.scriptCompleted({ timing: { scriptId: new Uint8Array(3) } }, { metadata }),
    client.batchCreateLogs({ logSourceId: new Uint8Array(3), logs: [{ output: "x" }] }, { metadata }),
    client.batchUpdateAppHealths({ updates: [{ id: new Uint8Array(16), health: 3 }] }, { metadata }),
  ])
    await expect(refused).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await expect(client.createSubAgent({}, { metadata })).rejects.toMatchObject({ code: "UNIMPLEMENTED" });

  await client.batchCreateLogs({ logs: [{ output: "a\0b", level: 0 }] }, { metadata });
  expect(world.sources).toEqual(["3b579bf4-1ed8-4b99-87a8-e9a1e3410410"]);
  expect(world.logs).toMatchObject([{ level: "info", output: "a\u274cb", sourceId: world.sources[0] }]);
  await client.batchUpdateMetadata({ metadata: [{ key: "k", result: { value: "é".repeat(1_500), error: "" } }] }, { metadata });
  expect(world.metadata).toMatchObject([{ value: "é".repeat(1_024), error: "value of 3000 bytes exceeded 2048 bytes" }]);
  const tooMany = Array.from({ length: 7 }, (_, n) => ({ key: `${n}`.repeat(1_000), result: { value: "v" } }));
  await expect(client.batchUpdateMetadata({ metadata: tooMany }, { metadata })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  expect(world.metadata).toHaveLength(1 + 6);

  metadata.set(AGENT_API_VERSION, "2.99");
  await expect(client.getManifest({}, { metadata })).rejects.toMatchObject({
    code: "FAILED_PRECONDITION",
    message: expect.stringContaining("2.99"),
  });
  client.close();
});
