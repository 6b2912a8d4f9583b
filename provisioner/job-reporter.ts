import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Metadata } from "@grpc/grpc-js";
import type { Logger } from "pino";
import { redactSecrets } from "#credentials/secret.ts";
import { LogLevel } from "#proto/gen/provisioner_pb.js";
import { type Log, LogSchema, LogSource, type UpdateJobRequestSchema, type UpdateJobResponse } from "#proto/gen/provisionerd_pb.js";
import { JOB_LOG_ERRORS_BYTES, JOB_LOG_LIMIT_BYTES } from "#proto/job-log-limit.ts";
import { StatusError } from "#proto/status.ts";
import { STATE_TRANSFER_MS } from "#tfstate/limits.ts";
import { Backoff } from "#transport/backoff.ts";
import { monotonicMs } from "#transport/monotonic.ts";
import { type DaemonClient, isFinal } from "./connection.ts";
import type { JobSecrets } from "./job-secrets.ts";
import { type Lease, LeaseLostError } from "./lease.ts";
import { type SentState, StateOutbox } from "./state-outbox.ts";
import type { Level } from "./terraform/log-line.ts";
import { uploadState } from "./upload-state.ts";

type Update = MessageInitShape<typeof UpdateJobRequestSchema>;

export interface JobReporterOptions {
  readonly client: Pick<DaemonClient, "updateJob" | "uploadState">;
  readonly metadata: Metadata;
  readonly jobId: string;
  /** Renewed by each answer, and lost if the server says that the job is not ours. */
  readonly lease: Lease;
  /** Time without another update after which a heartbeat is sent. */
  readonly updateIntervalMs: number;
  /** Wall time, for the log's lines. Default: the system's. */
  readonly wallNow?: () => number;
  /** Milliseconds of the monotonic clock by which the lease is measured. Default: the machine's. */
  readonly now?: () => number;
  /** Waits between attempts of a call. Default: 25 ms to 2 s. */
  readonly backoff?: Backoff;
  /** Whether lines are numbered. Default: true. The server would take lines of another process's job for repeated ones. */
  readonly isNumbered?: boolean;
  /** What must stand in no line. Default: nothing. */
  readonly secrets?: JobSecrets;
  readonly log: Logger;
}

/** Ends the run of a job that somebody canceled. */
export class JobCanceledError extends Error {
  override readonly name = "JobCanceledError";
  constructor() {
    super("the job was canceled");
  }
}

/** The most lines of one update. A full batch does not wait for the timer. In a flood, each call costs more than a hundred lines do. */
const BATCH_LINES = 500;
const BATCH_WAIT_MS = 250;
const MAX_LINE_LENGTH = 64 * 1024;
/** Limit for Terraform's unsent lines. It exceeds what a server keeps of a job's log, which would not keep the missing lines anyway. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** The size of a line besides its text. */
const LINE_OVERHEAD_BYTES = 64;
const FULL = "The log has reached its limit of 1 MiB: later output is not sent, except errors.";
const FLOODED = "Terraform prints lines faster than they can be sent: some lines are missing here.";
/** Limit for one call, short enough that a lease survives a timeout, and long enough that a busy server can answer within it. */
const callTimeoutMs = (leaseMs: number): number => (leaseMs === 0 ? 10_000 : Math.min(10_000, leaseMs / 3));

const LEVELS: Readonly<Record<Level, LogLevel>> = {
  trace: LogLevel.TRACE,
  debug: LogLevel.DEBUG,
  info: LogLevel.INFO,
  warn: LogLevel.WARN,
  error: LogLevel.ERROR,
};

/**
 * Reports a running job to the server: log lines in batches and in order, the state while applying, and heartbeats, which renew the lease
 * and tell us about a cancellation. Calls with a temporary failure are retried until the lease ends.
 */
export class JobReporter implements AsyncDisposable {
  readonly #options: JobReporterOptions;
  readonly #canceled = new AbortController();
  readonly #closed = new AbortController();
  readonly #backoff: Backoff;
  readonly #now: () => number;
  readonly #sending: Promise<void>;
  #lines: Log[] = [];
  #oldestLineAt = 0;
  #waitingBytes = 0;
  #isFlooded = false;
  /** Bytes of all lines so far, which is what the server counts. */
  #pushedBytes = 0;
  #isFull = false;
  readonly #outbox: StateOutbox;
  #state: SentState | undefined;
  #flushWanted = false;
  #busy = false;
  #lastContactAt: number;
  #linesTaken = 0;
  #isRefused = false;
  #wake = Promise.withResolvers<void>();
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(options: JobReporterOptions) {
    this.#options = options;
    this.#backoff = options.backoff ?? new Backoff({ baseMs: 25, capMs: 2_000 });
    this.#now = options.now ?? monotonicMs;
    this.#lastContactAt = this.#now();
    this.#outbox = new StateOutbox(
      (state) => this.#upload(state),
      (sent) => {
        this.#state = sent;
        this.#flushWanted = true;
        this.#wake.resolve();
      },
    );
    options.lease.ended.addEventListener("abort", () => this.#giveUp(), { once: true });
    this.#sending = this.#sendLoop();
  }

  /** Aborted if the server says that somebody canceled the job. */
  get canceled(): AbortSignal {
    return this.#canceled.signal;
  }

  /** @param source `terraform` for its own output, `daemon` for ours */
  line(source: "terraform" | "daemon", level: Level, stage: string, output: string): void {
    if (this.#pushedBytes > (level === "error" ? JOB_LOG_LIMIT_BYTES + JOB_LOG_ERRORS_BYTES : JOB_LOG_LIMIT_BYTES)) {
      if (!this.#isFull) this.#push("daemon", "warn", stage, FULL);
      this.#isFull = true;
      return;
    }
    if (source === "terraform" && this.#waitingBytes > MAX_WAITING_BYTES) {
      if (!this.#isFlooded) this.#push("daemon", "warn", stage, FLOODED);
      this.#isFlooded = true;
      return;
    }
    this.#push(source, level, stage, this.redact(output).replaceAll("\0", "�").slice(0, MAX_LINE_LENGTH));
  }

  /** Whatever was to be said with these texts is said without them from now on. */
  hide(texts: readonly string[]): void {
    this.#options.secrets?.add(texts);
  }

  /** Returns a text as people may read it. */
  redact(text: string): string {
    return redactSecrets(this.#options.secrets?.redact(text) ?? text);
  }

  /** Sends a line without text, which tells readers of the log that a stage has begun. */
  stage(stage: string): void {
    this.line("daemon", "info", stage, "");
  }

  /** Sends the state with the next update; a large one after its upload. Only the newest state matters. */
  state(state: Uint8Array): void {
    this.#outbox.offer(state);
  }

  /** Resolves when all lines and states so far have been sent, or cannot be sent. */
  async flush(): Promise<void> {
    if (this.#isDone() || (!this.#hasNews() && !this.#busy)) return;
    this.#flushWanted = true;
    this.#idle ??= Promise.withResolvers();
    this.#wake.resolve();
    await this.#idle.promise;
  }

  /** Sends an update whose answer matters, after all lines so far. Throws a refusal; other failures are retried until the lease ends. */
  async update(update: Omit<Update, "jobId" | "$typeName">): Promise<UpdateJobResponse> {
    await this.flush();
    return this.#call({ ...update, jobId: this.#options.jobId });
  }

  /** Stops the heartbeats. Unsent lines and states are dropped. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort(new Error("the job has ended"));
    this.#wake.resolve();
    await this.#sending;
  }

  async #sendLoop(): Promise<void> {
    while (!this.#isDone()) {
      await this.#nextDue();
      if (this.#isDone()) break;
      const { first, lines, state } = this.#take();
      this.#busy = true;
      try {
        await this.#call({
          jobId: this.#options.jobId,
          logs: lines,
          firstLog: first,
          ...state,
        });
      } catch (error) {
        this.#afterFailure(error, lines, state);
      } finally {
        this.#busy = false;
      }
      if (!this.#hasNews()) {
        this.#flushWanted = false;
        this.#becomeIdle();
      }
    }
    this.#becomeIdle();
  }

  /** Waits until a batch is full or old enough, a flush is requested, or a heartbeat is due. */
  async #nextDue(): Promise<void> {
    for (;;) {
      const now = this.#now();
      if (this.#isDone() || this.#flushWanted || this.#lines.length >= BATCH_LINES) return;
      const batchAt = this.#lines.length === 0 ? Number.POSITIVE_INFINITY : this.#oldestLineAt + BATCH_WAIT_MS;
      const dueAt = Math.min(batchAt, this.#lastContactAt + this.#options.updateIntervalMs);
      if (now >= dueAt) return;
      this.#wake = Promise.withResolvers();
      const timer = setTimeout(this.#wake.resolve, dueAt - now);
      await this.#wake.promise;
      clearTimeout(timer);
    }
  }

  #push(source: "terraform" | "daemon", level: Level, stage: string, output: string): void {
    if (this.#lines.length === 0) this.#oldestLineAt = this.#now();
    this.#lines.push(
      create(LogSchema, {
        source: source === "terraform" ? LogSource.PROVISIONER : LogSource.PROVISIONER_DAEMON,
        level: LEVELS[level],
        createdAt: BigInt((this.#options.wallNow ?? Date.now)()),
        stage,
        output,
      }),
    );
    this.#waitingBytes += output.length + LINE_OVERHEAD_BYTES;
    this.#pushedBytes += Buffer.byteLength(output);
    this.#wake.resolve();
  }

  /** `first` is the number of the first line among all lines of the job, so that the server can tell a repeated call. */
  #take(): { first: bigint; lines: Log[]; state: SentState | undefined } {
    const [lines, state] = [this.#lines.splice(0, BATCH_LINES), this.#state];
    const first = this.#options.isNumbered === false ? 0n : BigInt(this.#linesTaken + 1);
    this.#linesTaken += lines.length;
    this.#state = undefined;
    for (const { output } of lines) this.#waitingBytes -= output.length + LINE_OVERHEAD_BYTES;
    if (lines.length < BATCH_LINES) this.#isFlooded = false;
    this.#oldestLineAt = this.#now();
    return { first, lines, state };
  }

  #afterFailure(error: unknown, lines: readonly Log[], state: SentState | undefined): void {
    if (this.#isDone()) return;
    const reason = StatusError.from(error);
    if (lines.length > 0 || state !== undefined) {
      // The server may have refused only the content: a bare heartbeat follows, which shows whether it refuses the job itself.
      this.#options.log.warn({ err: reason, lines: lines.length }, "the server refused part of the job's log");
      this.#lastContactAt = Number.NEGATIVE_INFINITY;
      if (lines.length > 0) this.#state ??= state;
      return;
    }
    this.#isRefused = true;
    this.#options.lease.lose(new LeaseLostError(`the server took the job away: ${reason.message}`, { cause: reason }));
    this.#giveUp();
  }

  async #upload(state: Uint8Array): Promise<string> {
    const { client, metadata, jobId, lease } = this.#options;
    const signal = AbortSignal.any([this.#closed.signal, lease.ended]);
    return uploadState({ client, metadata, jobId, state, signal, timeoutMs: STATE_TRANSFER_MS });
  }

  /** Makes a call, and retries temporary failures. */
  async #call(update: Update): Promise<UpdateJobResponse> {
    for (;;) {
      const { lease } = this.#options;
      const signal = AbortSignal.any([this.#closed.signal, lease.ended]);
      const sentAt = this.#now();
      try {
        const answer = await this.#options.client.updateJob(update, {
          metadata: this.#options.metadata,
          timeoutMs: callTimeoutMs(lease.leaseMs),
          signal,
        });
        this.#lastContactAt = this.#now();
        this.#backoff.reset();
        lease.renew(sentAt, Number(answer.leaseMs) || lease.leaseMs);
        if (answer.canceled) this.#canceled.abort(new JobCanceledError());
        return answer;
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const reason = StatusError.from(error);
        if (isFinal(reason.code)) throw reason;
        this.#options.log.debug({ err: reason }, "an update of the job failed, retrying");
        await this.#backoff.wait(signal);
      }
    }
  }

  #giveUp(): void {
    this.#wake.resolve();
    this.#becomeIdle();
  }

  #becomeIdle(): void {
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  #hasNews(): boolean {
    return this.#lines.length > 0 || this.#state !== undefined;
  }

  #isDone(): boolean {
    return this.#closed.signal.aborted || this.#isRefused || this.#options.lease.ended.aborted;
  }
}
