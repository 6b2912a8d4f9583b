import { createServer as createHttp2Server, type ServerHttp2Stream } from "node:http2";
import { createServer } from "node:net";
import { ChannelCredentials, Metadata, Server, ServerCredentials } from "@grpc/grpc-js";
import { expect, onTestFinished, test } from "vitest";
import { ProvisionerDaemon, UpdateJobResponseSchema } from "#proto/gen/provisionerd_pb.js";
import { addService, createClient, type Handlers, serializedOnce } from "#proto/grpc.ts";
import { StatusError } from "#proto/status.ts";

type Methods = typeof ProvisionerDaemon extends { method: infer M } ? M : never;

async function daemonClient(handlers: Handlers<Methods>, onError?: (error: unknown) => void) {
  const server = new Server();
  addService(server, ProvisionerDaemon, handlers, onError);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  const client = createClient(ProvisionerDaemon, `127.0.0.1:${port}`, ChannelCredentials.createInsecure());
  onTestFinished(() => {
    client.close();
    server.forceShutdown();
  });
  return client;
}

test("carries a unary call with its metadata", async () => {
  const client = await daemonClient({
    updateJob: async (request, call) => ({ canceled: request.jobId === call.metadata.get("job")[0], leaseMs: 45_000n }),
  });
  const metadata = new Metadata();
  metadata.set("job", "job-1");
  const response = await client.updateJob({ jobId: "job-1" }, { metadata });
  expect(response).toMatchObject({ canceled: true, leaseMs: 45_000n });
});

test("carries streams both ways, in order", async () => {
  const client = await daemonClient({
    async *acquireJobWithCancel(requests) {
      yield { jobId: "first" };
      for await (const _ of requests) yield { jobId: "cancelled" };
    },
    async uploadFile(pieces) {
      const seen: number[] = [];
      for await (const piece of pieces) if (piece.type.case === "chunkPiece") seen.push(piece.type.value.pieceIndex);
      if (seen.join() !== "0,1,2") throw new StatusError("DATA_LOSS", `got pieces ${seen.join()}`);
      return {};
    },
    async *downloadFile(request) {
      for (let pieceIndex = 0; pieceIndex < 3; pieceIndex++)
        yield { type: { case: "chunkPiece", value: { pieceIndex, data: Buffer.from(request.fileId) } } };
    },
  });
  const jobs: string[] = [];
  const cancels = (async function* () {
    yield {};
    yield {};
  })();
  for await (const job of client.acquireJobWithCancel(cancels)) jobs.push(job.jobId);
  expect(jobs).toEqual(["first", "cancelled", "cancelled"]);

  const pieces = [];
  for await (const piece of client.downloadFile({ fileId: "f" })) pieces.push(piece);
  expect(pieces.map((piece) => piece.type.value)).toMatchObject([{ pieceIndex: 0 }, { pieceIndex: 1 }, { pieceIndex: 2 }]);
  await client.uploadFile(
    (async function* () {
      yield* pieces;
    })(),
  );
});

test("passes on the code and text of a refusal, and nothing of any other error", async () => {
  const seen: unknown[] = [];
  const client = await daemonClient(
    {
      failJob: async () => {
        throw new StatusError("PERMISSION_DENIED", "you don't own this job", { cause: new Error("kept here") });
      },
      completeJob: async () => {
        throw new Error("the database password is hunter2");
      },
    },
    (error) => seen.push(error),
  );
  await expect(client.failJob({})).rejects.toMatchObject({ code: "PERMISSION_DENIED", message: "you don't own this job" });
  await expect(client.completeJob({})).rejects.toMatchObject({ code: "INTERNAL", message: "internal error" });
  await expect(client.commitQuota({})).rejects.toMatchObject({ code: "UNIMPLEMENTED" });
  expect(seen).toHaveLength(2);
});

test("ends a call at its deadline or when the caller aborts, and tells the handler", async () => {
  const aborted = Promise.withResolvers<unknown>();
  const client = await daemonClient({
    updateJob: (_request, call) =>
      new Promise((_resolve, reject) => {
        call.signal.addEventListener("abort", () => {
          aborted.resolve(call.signal.reason);
          reject(call.signal.reason);
        });
      }),
  });
  await expect(client.updateJob({}, { timeoutMs: 50 })).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  const controller = new AbortController();
  const call = client.updateJob({}, { signal: controller.signal });
  controller.abort(new Error("the user left"));
  await expect(call).rejects.toMatchObject({ code: "CANCELLED", cause: new Error("the user left") });
  expect(await aborted.promise).toBeInstanceOf(Error);
  await expect(client.updateJob({}, { signal: controller.signal })).rejects.toMatchObject({ code: "CANCELLED" });
});

test("an answered call is not aborted when its stream closes", async () => {
  const signals: AbortSignal[] = [];
  const client = await daemonClient({
    updateJob: async (_request, call) => {
      signals.push(call.signal);
      return {};
    },
  });
  // Once the second call is answered on the same connection, the stream of the first one is certainly closed.
  for (let call = 0; call < 2; call++) await client.updateJob({});
  expect(signals[0]?.aborted).toBe(false);
});

test("sends the bytes of a message that was serialized once", async () => {
  const answer = serializedOnce(UpdateJobResponseSchema, { leaseMs: 45_000n });
  const client = await daemonClient({ updateJob: async () => answer });
  // A later change has no effect, which shows that the message is not serialized again.
  answer.canceled = true;
  for (let call = 0; call < 2; call++) expect(await client.updateJob({})).toMatchObject({ canceled: false, leaseMs: 45_000n });
});

test("leaving a stream early cancels it on the server", async () => {
  const left = Promise.withResolvers<void>();
  const client = await daemonClient({
    async *downloadFile(_request, call) {
      call.signal.addEventListener("abort", () => left.resolve());
      for (let pieceIndex = 0; !call.signal.aborted; pieceIndex++) {
        yield { type: { case: "chunkPiece", value: { pieceIndex } } };
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  });
  for await (const _ of client.downloadFile({})) break;
  await left.promise;
});

test("reports an unreachable server as UNAVAILABLE", async () => {
  const gone = createServer();
  const port = await new Promise<number>((resolve) =>
    gone.listen(0, "127.0.0.1", () => {
      const address = gone.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    }),
  );
  await new Promise((resolve) => gone.close(resolve));
  const client = createClient(ProvisionerDaemon, `127.0.0.1:${port}`, ChannelCredentials.createInsecure());
  onTestFinished(() => client.close());
  await expect(client.updateJob({}, { timeoutMs: 5_000 })).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

for (const status of [403, 404, 502, 503]) {
  test(`a proxy that answers ${status} in place of the server is an outage, and no refusal`, async () => {
    const proxy = createHttp2Server().on("stream", (stream: ServerHttp2Stream) => {
      stream.respond({ ":status": status, "content-type": "text/html" });
      stream.end("<h1>sorry</h1>");
    });
    const port = await new Promise<number>((resolve) =>
      proxy.listen(0, "127.0.0.1", () => resolve((proxy.address() as { port: number }).port)),
    );
    const client = createClient(ProvisionerDaemon, `127.0.0.1:${port}`, ChannelCredentials.createInsecure());
    onTestFinished(() => {
      client.close();
      proxy.close();
    });
    await expect(client.updateJob({ jobId: "job" })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
}
