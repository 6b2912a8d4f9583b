import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { formatSecret } from "#credentials/secret.ts";
import { DAEMON_KEY } from "#proto/call-metadata.ts";
import {
  type AcquiredJob,
  AcquiredJobSchema,
  type CompletedJob,
  type FailedJob,
  type Log,
  ProvisionerDaemon,
  type UpdateJobRequest,
  type UpdateJobResponseSchema,
} from "#proto/gen/provisionerd_pb.js";
import { addService } from "#proto/grpc.ts";
import type { ServerCall } from "#proto/grpc-server.ts";
import { StatusError } from "#proto/status.ts";

export type JobInit = Omit<MessageInitShape<typeof AcquiredJobSchema>, "$typeName">;

/** How a job ended, and everything that was reported about it until then. */
export interface JobRecord {
  readonly logs: Log[];
  readonly updates: UpdateJobRequest[];
  readonly states: Uint8Array[];
  completed?: CompletedJob;
  failed?: FailedJob;
  /** The next UpdateJob answers that the job was canceled. */
  canceled: boolean;
}

/** A server of the ProvisionerDaemon service that hands out the jobs it is given, over real gRPC on loopback. */
export class FakeServer implements AsyncDisposable {
  static readonly key = formatSecret("provisioner");
  readonly records = new Map<string, JobRecord>();
  readonly calls: ServerCall[] = [];
  /** Thrown at every AcquireJobWithCancel while set. */
  refusal: StatusError | undefined;
  /** Thrown at every UpdateJob while set. */
  updateFailure: StatusError | undefined;
  /** Thrown at the next CompleteJob calls, one each. */
  readonly completeFailures: StatusError[] = [];
  /** Thrown at the next FailJob calls, one each. */
  readonly failFailures: StatusError[] = [];
  /** Called with every UpdateJob; may throw or add to the answer. */
  onUpdate: (request: UpdateJobRequest) => Omit<MessageInitShape<typeof UpdateJobResponseSchema>, "$typeName"> = () => ({});
  leaseMs = 45_000;
  acquires = 0;
  readonly #server = new Server({ "grpc.max_receive_message_length": 64 * 1024 * 1024 });
  readonly #queue: AcquiredJob[] = [];
  readonly #changed = new EventTarget();
  #port = 0;
  #count = 0;

  static async start(): Promise<FakeServer> {
    const fake = new FakeServer();
    fake.#addService();
    fake.#port = await new Promise<number>((resolve, reject) =>
      fake.#server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(port))),
    );
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** @returns the job's id */
  enqueue(job: JobInit): string {
    const jobId = job.jobId ?? `job-${++this.#count}`;
    this.#queue.push(create(AcquiredJobSchema, { provisioner: "terraform", leaseMs: BigInt(this.leaseMs), ...job, jobId }));
    this.records.set(jobId, { logs: [], updates: [], states: [], canceled: false });
    this.#notify();
    return jobId;
  }

  record(jobId: string): JobRecord {
    const record = this.records.get(jobId);
    if (record === undefined) throw new Error(`no job ${jobId}`);
    return record;
  }

  /** Resolves when a report of the daemon makes the condition true. */
  async until<T>(condition: () => T | undefined | false, what: string, deadlineMs = 20_000): Promise<T> {
    const deadline = AbortSignal.timeout(deadlineMs);
    for (;;) {
      const value = condition();
      if (value !== undefined && value !== false) return value;
      await new Promise<void>((resolve, reject) => {
        if (deadline.aborted) return reject(new Error(`gave up waiting until ${what}`));
        const done = (): void => {
          this.#changed.removeEventListener("change", done);
          deadline.removeEventListener("abort", late);
          resolve();
        };
        const late = (): void => reject(new Error(`gave up waiting until ${what}`));
        this.#changed.addEventListener("change", done);
        deadline.addEventListener("abort", late, { once: true });
      });
    }
  }

  async finished(jobId: string): Promise<JobRecord> {
    const record = this.record(jobId);
    await this.until(() => record.completed !== undefined || record.failed !== undefined, `${jobId} has ended`);
    return record;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.forceShutdown();
  }

  #notify(): void {
    this.#changed.dispatchEvent(new Event("change"));
  }

  #addService(): void {
    const checkKey = (call: ServerCall): void => {
      this.calls.push(call);
      if (call.metadata.get(DAEMON_KEY)[0] !== FakeServer.key) throw new StatusError("UNAUTHENTICATED", "unknown provisioner key");
    };
    const own = async <T>(call: ServerCall, answer: () => T): Promise<T> => {
      checkKey(call);
      try {
        return answer();
      } finally {
        this.#notify();
      }
    };
    const fake = this;
    addService(this.#server, ProvisionerDaemon, {
      async *acquireJobWithCancel(requests, call) {
        fake.acquires++;
        fake.#notify();
        checkKey(call);
        if (fake.refusal !== undefined) throw fake.refusal;
        let isTakenBack = false;
        const takingBack = (async () => {
          for await (const _ of requests) isTakenBack = true;
          fake.#notify();
        })().catch(() => fake.#notify());
        await fake.until(() => fake.#queue.length > 0 || isTakenBack || call.signal.aborted, "there is a job", 120_000);
        const job = isTakenBack || call.signal.aborted ? undefined : fake.#queue.shift();
        yield job ?? create(AcquiredJobSchema);
        await takingBack;
      },
      updateJob: (request, call) =>
        own(call, () => {
          if (fake.updateFailure !== undefined) throw fake.updateFailure;
          const record = fake.record(request.jobId);
          const answer = fake.onUpdate(request);
          record.updates.push(request);
          record.logs.push(...request.logs);
          if (request.workspaceBuildState.length > 0) record.states.push(request.workspaceBuildState);
          return { canceled: record.canceled, leaseMs: BigInt(fake.leaseMs), ...answer };
        }),
      failJob: (request, call) =>
        own(call, () => {
          const failure = fake.failFailures.shift();
          if (failure !== undefined) throw failure;
          fake.record(request.jobId).failed = request;
          return {};
        }),
      completeJob: (request, call) =>
        own(call, () => {
          const failure = fake.completeFailures.shift();
          if (failure !== undefined) throw failure;
          fake.record(request.jobId).completed = request;
          return {};
        }),
      commitQuota: (_, call) => own(call, () => ({ ok: true, creditsConsumed: 0, budget: -1 })),
    });
  }
}
