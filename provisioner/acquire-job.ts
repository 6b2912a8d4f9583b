import type { Metadata } from "@grpc/grpc-js";
import type { AcquiredJob, CancelAcquire } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";
import type { DaemonClient } from "./connection.ts";

export interface AcquireOptions {
  readonly metadata: Metadata;
  /** Aborted when no more jobs are wanted. A job that the server has already assigned is still returned. */
  readonly drain: AbortSignal;
  /** Ends the wait at once, no matter what the server is doing. */
  readonly abandon: AbortSignal;
  /** Time without a job after which the request is canceled, which the server must answer: this detects a silently dead connection. */
  readonly refreshMs: number;
  /** How long the server may take to answer a cancellation. */
  readonly answerMs: number;
}

/**
 * Waits for a job.
 *
 * @returns undefined if the request was canceled, by `drain` or for a refresh
 * @throws StatusError if the server refuses or cannot be reached
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
      // The stream is read to its end, because leaving early would look like a daemon that died while it had the job.
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
  if (job === undefined) throw new StatusError("UNAVAILABLE", "the server ended the request for a job without an answer");
  return job.jobId === "" ? undefined : job;
}
