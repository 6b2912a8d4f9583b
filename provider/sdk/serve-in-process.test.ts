import { once } from "node:events";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChannelCredentials } from "@grpc/grpc-js";
import { expect, onTestFinished, test } from "vitest";
import { Provider as ProviderService } from "#proto/gen/tfplugin6_pb.js";
import { createClient } from "#proto/grpc.ts";
import type { Provider } from "./provider.ts";
import { serveInProcess } from "./serve-in-process.ts";

const ADDRESS = "registry.terraform.io/acme/widget";

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "serve-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Counts the instances that it is asked for; each answers with its own number. */
function countingProvider(): Provider & { opened: number } {
  return {
    name: "widget",
    opened: 0,
    open() {
      const number = ++this.opened;
      return { stopProvider: async () => ({ Error: String(number) }) };
    },
  };
}

test("gives each connection an instance of its own, and none to a connection that says nothing", async () => {
  const provider = countingProvider();
  const directory = await temporaryDirectory();
  await using served = await serveInProcess(provider, { address: ADDRESS, directory });
  const { [ADDRESS]: reattach } = JSON.parse(served.reattachProviders);
  expect(reattach).toMatchObject({ Protocol: "grpc", ProtocolVersion: 6, Pid: process.pid, Test: true, Addr: { Network: "unix" } });
  expect((await stat(reattach.Addr.String)).mode & 0o777).toBe(0o600);
  const silent = createConnection(reattach.Addr.String);
  await once(silent, "connect");
  silent.end();
  await once(silent.resume(), "close");
  expect(provider.opened).toBe(0);
  const stop = async () => {
    // A pool of its own for each client: grpc-js would share one connection among those of one address.
    const options = { "grpc.use_local_subchannel_pool": 1 };
    const client = createClient(ProviderService, `unix:${reattach.Addr.String}`, ChannelCredentials.createInsecure(), options);
    onTestFinished(() => client.close());
    return [(await client.stopProvider({})).Error, (await client.stopProvider({})).Error];
  };
  expect(await Promise.all([stop(), stop()])).toEqual(
    expect.arrayContaining([
      ["1", "1"],
      ["2", "2"],
    ]),
  );
});

test("closing ends open connections and removes the socket; closing twice is harmless", async () => {
  const directory = await temporaryDirectory();
  const served = await serveInProcess(countingProvider(), { address: ADDRESS, directory });
  const path = JSON.parse(served.reattachProviders)[ADDRESS].Addr.String;
  const client = createClient(ProviderService, `unix:${path}`, ChannelCredentials.createInsecure());
  onTestFinished(() => client.close());
  await client.stopProvider({});
  await served[Symbol.asyncDispose]();
  expect(await readdir(directory)).toEqual([]);
  await expect(client.stopProvider({}, { timeoutMs: 5_000 })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await served[Symbol.asyncDispose]();
});

test("says so if the directory's path is too long for a socket", async () => {
  const directory = join(await temporaryDirectory(), "x".repeat(100));
  await expect(serveInProcess(countingProvider(), { address: ADDRESS, directory })).rejects.toThrow(
    /103 bytes.*choose a shorter directory/,
  );
});
