import { ChannelCredentials, Metadata, Server, ServerCredentials } from "@grpc/grpc-js";
import { expect, onTestFinished, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { AGENT_TOKEN } from "#proto/call-metadata.ts";
import { Agent, Lifecycle_State } from "#proto/gen/agent_pb.js";
import { createClient } from "#proto/grpc.ts";
import { openAgentWorld } from "#test/contracts/stored.ts";
import { AGENT_LOG_LIMIT_BYTES } from "./append-logs.ts";
import { getAgent } from "./read-agent.ts";
import { listAgentLogs } from "./read-logs.ts";
import { addAgentService } from "./service.ts";

/** The service on a loopback port, and an agent's client of it. */
async function open() {
  const token = formatSecret("agent");
  const agent = await openAgentWorld({ auth: { case: "token", value: token } });
  const { world } = agent;
  const errors: unknown[] = [];
  const server = new Server();
  const admit = addAgentService(server, {
    authentication: world.store.system.authentication,
    accessFor: (subject) => ({ ...world.system, subject }),
    now: world.clock.now,
    log: { error: (...line: unknown[]) => void errors.push(line), debug: () => {} },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  const client = createClient(Agent, `127.0.0.1:${port}`, ChannelCredentials.createInsecure());
  onTestFinished(() => {
    client.close();
    server.forceShutdown();
  });
  const metadataOf = (text: string) => {
    const metadata = new Metadata();
    metadata.set(AGENT_TOKEN, text);
    return metadata;
  };
  return { ...agent, client, errors, admit, metadataOf, options: { metadata: metadataOf(token) } };
}

test("asking for the manifest and reporting is being connected, and an agent that goes off has left", async () => {
  const { client, options, access, id, world } = await open();
  expect((await client.getManifest({}, options)).agentName).toBe("main");
  expect(await getAgent(access, id)).toMatchObject({ first_connected_at: world.clock.now(), disconnected_at: null });
  world.clock.advance(1_000);
  expect((await client.updateStats({}, options)).reportInterval?.seconds).toBe(10n);
  expect((await getAgent(access, id)).last_connected_at).toEqual(world.clock.now());
  await client.updateLifecycle({ lifecycle: { state: Lifecycle_State.OFF } }, options);
  expect(await getAgent(access, id)).toMatchObject({ lifecycle_state: "off", disconnected_at: world.clock.now() });
});

test("logs without a source are taken, and beyond the limit the agent is told to stop", async () => {
  const { client, options, access, id } = await open();
  expect((await client.batchCreateLogs({ logs: [{ output: "one" }] }, options)).logLimitExceeded).toBe(false);
  expect(await listAgentLogs(access, id)).toMatchObject([{ output: "one", level: "info" }]);
  const most = { logs: [{ output: "x".repeat(AGENT_LOG_LIMIT_BYTES) }] };
  expect((await client.batchCreateLogs(most, options)).logLimitExceeded).toBe(true);
  expect((await client.batchCreateLogs({ logs: [] }, options)).logLimitExceeded).toBe(false);
});

test("of metadata whose keys are too long together the first are kept, and the rest refused", async () => {
  const { client, options, access, id } = await open();
  const metadata = [
    { key: "load", result: { value: "0.5" } },
    { key: "x".repeat(7_000), result: { value: "1" } },
  ];
  await expect(client.batchUpdateMetadata({ metadata }, options)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  expect((await getAgent(access, id)).metadata).toMatchObject([{ key: "load", value: "0.5" }]);
});

test("who has no agent's token is let in nowhere, and what is refused on purpose is no error of the server's", async () => {
  const { client, admit, metadataOf, errors, options } = await open();
  const wrong = metadataOf(formatSecret("agent"));
  await expect(admit(wrong)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  await expect(client.getManifest({}, { metadata: wrong })).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  await expect(admit(options.metadata)).resolves.toBeUndefined();
  expect(errors).toEqual([]);
});
