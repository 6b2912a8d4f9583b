import type { MessageInitShape } from "@bufbuild/protobuf";
import type { AcquiredJobSchema } from "#proto/gen/provisionerd_pb.js";
import type { ServerCall } from "#proto/grpc-server.ts";
import { type AcquireDeps, acquireJob } from "./acquire-job.ts";
import type { DaemonSession } from "./daemon-session.ts";
import { KeyDeletedError } from "./key-errors.ts";

export interface WaitDeps extends AcquireDeps {
  /** How often a daemon's key is checked again while the daemon waits for a job, in case an event was lost. Default: 30 s */
  readonly recheckMs?: number;
}

/**
 * Waits for a job as {@link acquireJob} does, as long as the daemon's key is valid. When the key is deleted, the wait ends at once with a
 * KeyDeletedError.
 *
 * @param open authenticates the call; it is repeated when the key may have been deleted
 * @param wanted aborts when the daemon should get the answer that there is no job
 */
export async function waitForJob(
  deps: WaitDeps,
  call: Pick<ServerCall, "signal">,
  open: () => Promise<DaemonSession>,
  wanted: AbortSignal,
): Promise<MessageInitShape<typeof AcquiredJobSchema>> {
  const refused = new AbortController();
  const recheck = (): void => void open().catch((error: unknown) => refused.abort(error));
  let session: DaemonSession | undefined;
  // Subscribes before the session is opened, because a deletion between the two would be missed.
  const unsubscribe = deps.core.events.subscribe((event) => {
    if (event.kind === "key_deleted" && event.keyId === session?.keyId) refused.abort(new KeyDeletedError());
    else if (event.kind === "resync" || (event.kind === "key_deleted" && session === undefined)) recheck();
  });
  const timer = setInterval(recheck, deps.recheckMs ?? 30_000);
  try {
    session = await open();
    const job = await acquireJob(deps, { session, left: call.signal }, AbortSignal.any([wanted, refused.signal]));
    if (job.jobId === "" && refused.signal.aborted) throw refused.signal.reason;
    return job;
  } finally {
    clearInterval(timer);
    unsubscribe();
  }
}
