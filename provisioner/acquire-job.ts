import type { Metadata } from "@grpc/grpc-js";
import type { AcquiredJob, CancelAcquire } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";
import type { DaemonClient } from "./connection.ts";

export interface AcquireOptions {
  readonly metadata: Metadata;
  /** Aborted when no job is wanted any more. A job that the server has handed out by then is still given. */
  readonly drain: AbortSignal;
  /** Ends the wait at once, whatever the server is doing. */
  readonly abandon: AbortSignal;
  /** After so long without a job the wait is taken back and answered: a connection that died in silence is noticed then. */
  readonly refreshMs: number;
  /** How long the server may take to answer when the wait is taken back. */
  readonly answerMs: number;
}

/**
 * Waits for a job.
 *
 * @returns undefined when the wait was taken back, by `drain` or for a refresh
 * @throws StatusError when the server refuses or is not there
 */
export async function acquireJob(client: DaemonClient, options: AcquireOptions): Promise<AcquiredJob | undefined> {
  const silent = new AbortController();
  const wish = Promise.withResolvers<"cancel" | "done">();
  let answerTimer: NodeJS.Timeout | undefined;
  const expectAnswer = (): void => {
    answerTimer ??= setTimeout(() => silent.abort(new Error("the server did not answer in time")), options.answerMs);
  };
  const takeBack = (): void => {
    wish.resolve("cancel");
    expectAnswer();
  };
  const refreshTimer = setTimeout(takeBack, options.refreshMs);
  if (options.drain.aborted) takeBack();
  options.drain.addEventListener("abort", takeBack, { once: true });

  const requests = async function* (): AsyncGenerator<Partial<CancelAcquire>> {
    if ((await wish.promise) === "cancel") yield {};
  };
  let job: AcquiredJob | undefined;
  try {
    const signal = AbortSignal.any([silent.signal, options.abandon]);
    for await (const answer of client.acquireJobWithCancel(requests(), { metadata: options.metadata, signal })) {
      job ??= answer;
      // The stream is read to its end: leaving it early would look like a daemon that died with the job in its hands.
      clearTimeout(refreshTimer);
      wish.resolve("done");
      expectAnswer();
    }
  } catch (error) {
    if (job === undefined) throw StatusError.from(silent.signal.aborted ? silent.signal.reason : error);
  } finally {
    wish.resolve("done");
    clearTimeout(refreshTimer);
    clearTimeout(answerTimer);
    options.drain.removeEventListener("abort", takeBack);
  }
  if (job === undefined) throw new StatusError("UNAVAILABLE", "the server ended the wait for a job without an answer");
  return job.jobId === "" ? undefined : job;
}
