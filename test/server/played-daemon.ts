import type { MessageInitShape } from "@bufbuild/protobuf";
import { ChannelCredentials, Metadata } from "@grpc/grpc-js";
import {
  DAEMON_API_VERSION,
  DAEMON_DOWNLOADS_STATES,
  DAEMON_KEY,
  DAEMON_NAME,
  DAEMON_PROVISIONERS,
  PROVISIONER_API_LEVEL,
} from "#proto/call-metadata.ts";
import {
  type AcquiredJob,
  type CompletedJobSchema,
  type FailedJobSchema,
  ProvisionerDaemon,
  type UpdateJobRequestSchema,
  type UpdateJobResponse,
} from "#proto/gen/provisionerd_pb.js";
import { createClient } from "#proto/grpc.ts";

/** A provisioner daemon whose every word a test chooses. */
export interface PlayedDaemon extends Disposable {
  /** Waits for a job. */
  acquire(): Promise<AcquiredJob>;
  update(request: MessageInitShape<typeof UpdateJobRequestSchema>): Promise<UpdateJobResponse>;
  complete(job: MessageInitShape<typeof CompletedJobSchema>): Promise<void>;
  fail(job: MessageInitShape<typeof FailedJobSchema>): Promise<void>;
}

export function playDaemon(server: {
  readonly url: string;
  readonly key: string;
  readonly name?: string;
  /** Whether it asks for a state that is too large for its job's message. Default: no */
  readonly downloadsStates?: boolean;
}): PlayedDaemon {
  const client = createClient(ProvisionerDaemon, new URL(server.url).host, ChannelCredentials.createInsecure());
  const metadata = new Metadata();
  metadata.set(DAEMON_KEY, server.key);
  metadata.set(DAEMON_API_VERSION, PROVISIONER_API_LEVEL);
  metadata.set(DAEMON_NAME, server.name ?? "played");
  metadata.set(DAEMON_PROVISIONERS, "terraform");
  if (server.downloadsStates === true) metadata.set(DAEMON_DOWNLOADS_STATES, "1");
  const options = { metadata, timeoutMs: 20_000 };
  return {
    async acquire() {
      const found = Promise.withResolvers<void>();
      // Staying silent is waiting; a message would give up.
      const requests: AsyncIterable<object> = {
        [Symbol.asyncIterator]: () => ({ next: async () => found.promise.then(() => ({ done: true, value: undefined })) }),
      };
      try {
        for await (const job of client.acquireJobWithCancel(requests, options)) if (job.jobId !== "") return job;
        throw new Error("the server ended the wait without a job");
      } finally {
        found.resolve();
      }
    },
    update: (request) => client.updateJob(request, options),
    complete: async (job) => void (await client.completeJob(job, options)),
    fail: async (job) => void (await client.failJob(job, options)),
    [Symbol.dispose]: () => client.close(),
  };
}
