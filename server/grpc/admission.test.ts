import { connect } from "node:http2";
import { ChannelCredentials, Metadata } from "@grpc/grpc-js";
import { expect, onTestFinished, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { AGENT_TOKEN, DAEMON_KEY } from "#proto/call-metadata.ts";
import { Agent } from "#proto/gen/agent_pb.js";
import { createClient } from "#proto/grpc.ts";
import { playDaemon } from "#test/server/played-daemon.ts";
import { makeTemplate, startWorkspace } from "#test/server/scenario.ts";
import { openServerWorld } from "#test/server/server-world.ts";

const MIB = 1024 * 1024;

/** Begins a call and sends the start of a message of 60 MiB, as fast as the server takes it, until it answers. */
async function beginHugeCall(url: string, path: string, headers: Record<string, string>): Promise<{ status: string; sent: number }> {
  const session = connect(url);
  const answered = Promise.withResolvers<string>();
  session.on("error", answered.reject);
  const stream = session.request({ ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers", ...headers });
  stream.on("response", (found) => answered.resolve(String(found["grpc-status"])));
  stream.on("error", answered.reject);
  const size = Buffer.alloc(5);
  size.writeUInt32BE(60 * MIB, 1);
  stream.write(size);
  let sent = 0;
  const piece = Buffer.alloc(MIB);
  // Never the last piece: the message stays unfinished.
  const send = (): void => {
    if (sent === 59 * MIB || stream.destroyed) return;
    stream.write(piece, (error) => {
      if (error) return;
      sent += MIB;
      send();
    });
  };
  send();
  const deadline = setTimeout(() => answered.reject(new Error(`no answer after ${sent} bytes`)), 3_000);
  try {
    return { status: await answered.promise, sent };
  } finally {
    clearTimeout(deadline);
    session.destroy();
  }
}

for (const { whose, path, headers } of [
  { whose: "an agent without a token", path: "/coder.agent.v2.Agent/GetManifest", headers: {} },
  {
    whose: "an agent with a made-up token",
    path: "/coder.agent.v2.Agent/BatchCreateLogs",
    headers: { [AGENT_TOKEN]: formatSecret("agent") },
  },
  { whose: "a daemon without a key", path: "/provisionerd.ProvisionerDaemon/CompleteJob", headers: {} },
  {
    whose: "a daemon with a made-up key",
    path: "/provisionerd.ProvisionerDaemon/UpdateJob",
    headers: { [DAEMON_KEY]: formatSecret("provisioner") },
  },
]) {
  test(`${whose} is refused before its message is read`, async () => {
    await using world = await openServerWorld();
    const { status, sent } = await beginHugeCall(world.url, path, headers);
    expect(status).toBe("16");
    expect(sent).toBeLessThan(2 * MIB);
  });
}

test("an agent's message is refused before it is parsed if it is longer than any that agents send", async () => {
  await using world = await openServerWorld();
  using daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  const { agents } = await startWorkspace(world, daemon, await makeTemplate(world, daemon));
  const client = createClient(Agent, new URL(world.url).host, ChannelCredentials.createInsecure());
  onTestFinished(() => client.close());
  const metadata = new Metadata();
  metadata.set(AGENT_TOKEN, agents[0]?.token ?? "");
  const send = (output: string) => client.batchCreateLogs({ logs: [{ output }] }, { metadata, timeoutMs: 10_000 });
  await expect(send("x".repeat(5 * MIB))).rejects.toMatchObject({ code: "INTERNAL", message: "Error deserializing request" });
  expect(await send("x".repeat(2 * MIB))).toMatchObject({ logLimitExceeded: true });
});
