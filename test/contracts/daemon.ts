import { ChannelCredentials, Metadata, Server, ServerCredentials } from "@grpc/grpc-js";
import { onTestFinished } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { DAEMON_API_VERSION, DAEMON_DOWNLOADS_STATES, DAEMON_KEY, DAEMON_NAME, PROVISIONER_API_LEVEL } from "#proto/call-metadata.ts";
import type { AcquiredJob } from "#proto/gen/provisionerd_pb.js";
import { ProvisionerDaemon } from "#proto/gen/provisionerd_pb.js";
import { createClient } from "#proto/grpc.ts";
import { JOB_KINDS } from "#server/features.ts";
import { MESSAGE_LIMIT_BYTES } from "#server/provisioning/acquired-job.ts";
import type { JobKinds } from "#server/provisioning/job-kind.ts";
import { type JobQueue, startJobQueue } from "#server/provisioning/job-queue.ts";
import { addProvisionerDaemonService } from "#server/provisioning/service.ts";
import type { World } from "./world.ts";

const SILENT = { warn: () => {}, error: () => {} };

export interface DaemonWorld {
  readonly queue: JobQueue;
  /** Of daemons of this process. */
  readonly builtInKey: string;
  /** What the service logged as errors. */
  readonly errors: unknown[];
  daemon(options?: {
    readonly name?: string;
    readonly key?: string;
    readonly version?: string;
    /** Whether it asks for a state that is too large for its job's message. Default: yes */
    readonly downloadsStates?: boolean;
  }): TestDaemon;
}

export type TestDaemon = ReturnType<typeof openTestDaemon>;

/** The real service on a loopback port, for a world's store. Ends with the test. */
export async function serveDaemons(
  world: World,
  options: {
    readonly kinds?: JobKinds;
    readonly leaseMs?: number;
    readonly recheckMs?: number;
    readonly reapEveryMs?: number;
    /** Default: a data directory like no other. */
    readonly home?: string;
  } = {},
): Promise<DaemonWorld> {
  const opened = new AsyncDisposableStack();
  onTestFinished(() => opened.disposeAsync());
  const { core } = world.store.system;
  // A reaper of its own would come between a test's steps.
  const { kinds = JOB_KINDS, leaseMs = 45_000, recheckMs, reapEveryMs = 3_600_000, home = crypto.randomUUID() } = options;
  const queue = opened.use(await startJobQueue(core, { kinds, home, log: SILENT, leaseMs, reapEveryMs }));
  const builtInKey = formatSecret("provisioner");
  const errors: unknown[] = [];
  const server = new Server();
  addProvisionerDaemonService(server, {
    core,
    queue,
    builtInDaemonKey: builtInKey,
    accessUrl: () => "https://proviso.example.test",
    log: { ...SILENT, error: (...given: unknown[]) => errors.push(given) },
    ...(recheckMs !== undefined && { recheckMs }),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  opened.defer(() => server.forceShutdown());
  return {
    queue,
    builtInKey,
    errors,
    daemon: ({ name = "daemon-1", key = builtInKey, version = PROVISIONER_API_LEVEL, downloadsStates = true } = {}) => {
      const daemon = openTestDaemon(`127.0.0.1:${port}`, { name, key, version, downloadsStates });
      opened.defer(() => daemon.client.close());
      return daemon;
    },
  };
}

function openTestDaemon(
  address: string,
  options: { readonly name: string; readonly key: string; readonly version: string; readonly downloadsStates: boolean },
) {
  const client = createClient(ProvisionerDaemon, address, ChannelCredentials.createInsecure(), {
    "grpc.max_receive_message_length": MESSAGE_LIMIT_BYTES,
  });
  const metadata = new Metadata();
  metadata.set(DAEMON_KEY, options.key);
  metadata.set(DAEMON_NAME, options.name);
  metadata.set(DAEMON_API_VERSION, options.version);
  if (options.downloadsStates) metadata.set(DAEMON_DOWNLOADS_STATES, "1");
  return {
    client,
    options: { metadata },
    /** Waits for a job as a daemon does; undefined when the wait was taken back. */
    acquire: async (takeBack?: AbortSignal): Promise<AcquiredJob | undefined> => {
      const done = Promise.withResolvers<"done" | "cancel">();
      takeBack?.addEventListener("abort", () => done.resolve("cancel"), { once: true });
      const requests = async function* () {
        if ((await done.promise) === "cancel") yield {};
      };
      let job: AcquiredJob | undefined;
      try {
        for await (const answer of client.acquireJobWithCancel(requests(), { metadata })) {
          job = answer;
          done.resolve("done");
        }
      } finally {
        done.resolve("done");
      }
      return job === undefined || job.jobId === "" ? undefined : job;
    },
  };
}
