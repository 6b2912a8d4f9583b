/**
 * Ends the jobs of daemons that died, and hands up what their Terraform had written. Each start of a daemon does this first, for the
 * directories of dead processes in its work folder. See docs/decisions/0019-job-directories.md.
 */
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { Logger } from "pino";
import { writeDurably } from "#disk/durable-file.ts";
import { LogLevel } from "#proto/gen/provisioner_pb.js";
import { LogSource } from "#proto/gen/provisionerd_pb.js";
import { processBirth } from "#transport/process-birth.ts";
import { callMetadata, type DaemonClient, openDaemonClient } from "./connection.ts";
import { endOrphan } from "./end-orphan.ts";
import { decodeEnding, type Ending, tellEnding } from "./job-ending.ts";
import { typeOfFailure } from "./job-failure.ts";
import { ENDING, isAlive, type Journal, readApplyProcess, readJournal, thisProcess, writeJournal } from "./journal.ts";
import { callUntilAnswered } from "./terminal-call.ts";
import { readNewestState } from "./terraform/state-files.ts";
import { adoptWorkDirectory, type FoundDirectory, findWorkDirectories, type WorkDirectory } from "./terraform/work-directory.ts";

export interface RescueDeps {
  readonly client: Pick<DaemonClient, "completeJob" | "failJob" | "updateJob" | "uploadState">;
  readonly key: string;
  readonly workDirectory: string;
  readonly log: Logger;
}

const CALL_TIMEOUT_MS = 30_000;
const HEARTBEAT_MS = 1_000;
/** A daemon touches the journal of its job every minute. On another machine, that is the only sign of life. */
const ELSEWHERE_STALE_MS = 10 * 60_000;
/** A directory without a journal holds nothing, but its daemon may be about to write one. */
const UNKNOWN_STALE_MS = 24 * 3_600_000;

/**
 * Rescues all jobs of dead daemons in the work folder, side by side.
 *
 * @param giveUp stops; what was not told to the server stays where it is
 * @returns when each of them has ended, in whatever way. Never rejects
 */
export async function rescueJobs(deps: RescueDeps, giveUp: AbortSignal): Promise<void> {
  const found = await findWorkDirectories(deps.workDirectory);
  await Promise.all(
    found.map((directory) =>
      rescue(directory, deps, giveUp).catch((error: unknown) =>
        deps.log.error({ err: error, directory: directory.root }, "could not rescue the job of a daemon that died"),
      ),
    ),
  );
}

/** Rescues the jobs in a work folder that no daemon uses any more. */
export async function rescueFolder(
  folder: { readonly serverUrl: string; readonly key: string; readonly workDirectory: string; readonly log: Logger },
  giveUp: AbortSignal,
): Promise<void> {
  const client = openDaemonClient(folder.serverUrl);
  try {
    await rescueJobs({ ...folder, client }, giveUp);
  } finally {
    client.close();
  }
}

async function rescue(found: FoundDirectory, deps: RescueDeps, giveUp: AbortSignal): Promise<void> {
  const journal = await readJournal(found.root);
  if (!(await isDead(found, journal))) return;
  await using directory = await adoptWorkDirectory(found);
  if (directory === undefined) return;
  // Without a journal, the daemon died before it began.
  if (journal === undefined) return;
  const log = deps.log.child({ job: journal.jobId, daemon: journal.daemon });
  await writeJournal(directory.root, { ...journal, owner: thisProcess() });
  log.warn({ applying: journal.isApplying }, "found the job of a daemon that died: ending it");
  if (!(await handUp(directory, journal, { ...deps, log }, giveUp))) directory.keep();
}

async function isDead({ root, pid, isOurs }: FoundDirectory, journal: Journal | undefined): Promise<boolean> {
  if (isOurs && journal !== undefined) return !isAlive(journal.owner);
  // In a container, a program may get the same number at each start: directories of this process were left out before.
  if (isOurs && (pid === process.pid || processBirth(pid) === undefined)) return true;
  const info = await stat(path.join(root, "job.json")).catch(() => stat(root).catch(() => undefined));
  return info !== undefined && Date.now() - info.mtimeMs > (isOurs ? UNKNOWN_STALE_MS : ELSEWHERE_STALE_MS);
}

/** @returns whether the directory is needed no more */
async function handUp(directory: Omit<WorkDirectory, "pipes">, journal: Journal, deps: RescueDeps, giveUp: AbortSignal): Promise<boolean> {
  const metadata = callMetadata({ key: deps.key, name: journal.daemon });
  using lease = keepLease(journal.jobId, deps.client, metadata, giveUp);
  const terraform = await readApplyProcess(directory.root);
  if (terraform !== undefined) await endOrphan(directory.root, terraform, giveUp);
  if (giveUp.aborted) return false;
  const saved = await readFile(path.join(directory.root, ENDING)).catch(() => undefined);
  const ending = (saved === undefined ? undefined : decodeEnding(saved)) ?? (await failureOf(directory, journal, await lease.isCanceled));
  lease[Symbol.dispose]();
  return tellEnding(
    journal.jobId,
    ending,
    {
      client: deps.client,
      metadata,
      workDirectory: deps.workDirectory,
      save: (bytes) => writeDurably(path.join(directory.root, ENDING), bytes),
      timeoutMs: CALL_TIMEOUT_MS,
      log: deps.log,
    },
    giveUp,
  );
}

async function failureOf({ template }: Omit<WorkDirectory, "pipes">, journal: Journal, isCanceled: boolean): Promise<Ending> {
  const state = journal.isApplying ? await readNewestState(template) : undefined;
  const what = !journal.isApplying
    ? "Terraform had not begun to change anything."
    : state === undefined
      ? "Terraform was ended, and left no complete state: the last one that the server has was kept."
      : "Terraform was ended, and the state that it had written was kept.";
  // A canceled job has no error, or it would end as failed.
  const error = isCanceled ? "" : `The provisioner daemon ${journal.daemon} died while it ran this job. ${what}`;
  const kind = journal.kind as Parameters<typeof typeOfFailure>[0];
  return { kind: "failed", failure: { jobId: journal.jobId, error, type: typeOfFailure(kind, state === undefined ? {} : { state }) } };
}

/** Renews the job's lease until its state can be handed up, so that the job does not end without it, and learns whether it was canceled. */
function keepLease(
  jobId: string,
  client: RescueDeps["client"],
  metadata: ReturnType<typeof callMetadata>,
  signal: AbortSignal,
): Disposable & { readonly isCanceled: Promise<boolean> } {
  const say = {
    source: LogSource.PROVISIONER_DAEMON,
    level: LogLevel.WARN,
    createdAt: BigInt(Date.now()),
    stage: "Cleaning Up",
    output: "The provisioner daemon died and was started again. It ends this job.",
  };
  let logs: (typeof say)[] = [say];
  const beat = async (each: AbortSignal): Promise<boolean> => {
    const { canceled } = await client.updateJob({ jobId, logs }, { metadata, timeoutMs: CALL_TIMEOUT_MS, signal: each });
    logs = [];
    return canceled;
  };
  // The job may be over already; its state is handed up all the same.
  const isCanceled = callUntilAnswered(beat, { signal }).catch(() => false);
  const timer = setInterval(() => void beat(signal).catch(() => {}), HEARTBEAT_MS);
  return { isCanceled, [Symbol.dispose]: () => clearInterval(timer) };
}
