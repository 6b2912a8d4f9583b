/** What may come over the wire that no generated client would send: from newer Terraforms, or from nobody in particular. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ChannelCredentials, Client, status } from "@grpc/grpc-js";
import { expect, onTestFinished, test } from "vitest";
import { ValidateResourceConfig_RequestSchema, ValidateResourceConfig_ResponseSchema } from "#proto/gen/tfplugin6_pb.js";
import { definitions } from "./define.ts";
import { defineProvider } from "./provider.ts";
import { strictRules } from "./rules/strict.ts";
import { computed } from "./schema/attribute.ts";
import { block } from "./schema/block.ts";
import { string } from "./schema/value-type.ts";
import { serveInProcess } from "./serve-in-process.ts";

const ADDRESS = "registry.terraform.io/acme/test";

async function served() {
  const thing = definitions<null>().resource({
    version: 0,
    schema: block({ attributes: { id: computed(string) } }),
    create: () => ({ id: "1" }),
  });
  const provider = defineProvider({
    name: "test",
    rules: strictRules,
    schema: block({}),
    configure: () => null,
    resources: { test_thing: thing },
    dataSources: {},
  });
  const directory = await mkdtemp(join(tmpdir(), "bytes-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const server = await serveInProcess(provider, { address: ADDRESS, directory });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const path: string = JSON.parse(server.reattachProviders)[ADDRESS].Addr.String;
  const client = new Client(`unix:${path}`, ChannelCredentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
  onTestFinished(() => client.close());
  const send = (rpc: string, request: Uint8Array): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const same = (bytes: Buffer): Buffer => bytes;
      client.makeUnaryRequest(`/tfplugin6.Provider/${rpc}`, same, same, Buffer.from(request), (error, answer) =>
        error === null && answer !== undefined ? resolve(answer) : reject(error),
      );
    });
  return { path, send };
}

const VALIDATE = { typeName: "test_thing", config: { msgpack: Buffer.from("81a26964c0", "hex") } };
const request = toBinary(ValidateResourceConfig_RequestSchema, create(ValidateResourceConfig_RequestSchema, VALIDATE));

async function summaries(send: Awaited<ReturnType<typeof served>>["send"], bytes: Uint8Array): Promise<string[]> {
  const { diagnostics } = fromBinary(ValidateResourceConfig_ResponseSchema, await send("ValidateResourceConfig", bytes));
  return diagnostics.map(({ summary }) => summary);
}

for (const { what, bytes } of [
  { what: "a number", bytes: "c03e2a" },
  { what: "a text", bytes: "c23e03616263" },
  { what: "a capability within the capabilities", bytes: "1a06d00f01d80f01" },
  { what: "a group with a field in it", bytes: "c33e082ac43e" },
  { what: "a fixed number of 64 bits", bytes: "c13e0102030405060708" },
]) {
  test(`passes over ${what} of a protocol to come`, async () => {
    const { send } = await served();
    expect(await summaries(send, Buffer.concat([request, Buffer.from(bytes, "hex")]))).toEqual([]);
    expect(await summaries(send, Buffer.concat([Buffer.from(bytes, "hex"), request]))).toEqual([]);
  });
}

for (const { what, bytes } of [
  { what: "bytes that are no message", bytes: Buffer.alloc(100, 0xff) },
  { what: "a message cut off in its middle", bytes: request.subarray(0, -3) },
  { what: "groups nested deeper than the stack", bytes: Buffer.alloc(200_000, Buffer.from("c33e", "hex")) },
  { what: "a field that claims more than there is", bytes: Buffer.from("0affffffff0f", "hex") },
]) {
  test(`refuses ${what}, and answers the next call`, async () => {
    const { send } = await served();
    await expect(send("ValidateResourceConfig", bytes)).rejects.toMatchObject({ code: status.INTERNAL });
    expect(await summaries(send, request)).toEqual([]);
  });
}

test("answers a call to come with UNIMPLEMENTED, which Terraform understands", async () => {
  const { send } = await served();
  await expect(send("GiveAdvice", Buffer.alloc(0))).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
  await expect(send("CallFunction", Buffer.alloc(0))).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
  expect(await summaries(send, request)).toEqual([]);
});

test("takes an empty request for one that names nothing", async () => {
  const { send } = await served();
  expect(await summaries(send, Buffer.alloc(0))).toEqual(["The provider has no resource of type "]);
});

test("ends a connection that speaks no HTTP/2, and no other", async () => {
  const { path, send } = await served();
  expect(await summaries(send, request)).toEqual([]);
  const stranger = createConnection(path, () => stranger.write("GET / HTTP/1.1\r\n\r\n"));
  stranger.on("error", () => {});
  await once(stranger.resume(), "close");
  expect(await summaries(send, request)).toEqual([]);
});
