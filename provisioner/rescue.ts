/**
 * Ends the jobs of daemons that died, and hands up what their Terraform had written. Each start of a daemon does this first, for the
 * directories of dead processes in its work folder. See docs/decisions/0019-job-directories.md.
 */
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { writeDurably } from "#disk/durable-file.ts";
import { scrubState } from "#tfstate/scrub-state.ts";
import { identifyProcess, isSameProcess, processBirth } from "#transport/process-birth.ts";
import { callMetadata, type DaemonClient, openDaemonClient } from "./connection.ts";
import { endOrphan, outputClosed } from "./end-orphan.ts";
import { endLeftovers, markOf } from "./isolation/leftovers.ts";
import { decodeEnding, type Ending, tellEnding } from "./job-ending.ts";
import { typeOfFailure } from "./job-failure.ts";
import { JobReporter } from "./job-reporter.ts";
import { ENDING, JOURNAL, type Journal, readApplyProcess, readJournal, writeJournal } from "./journal.ts";
import { Lease } from "./lease.ts";
import { readStateCopy } from "./terraform/state-copy.ts";
import { readNewestState } from "./terraform/state-files.ts";
import { adoptWorkDirectory, type FoundDirectory, findWorkDirectories, type WorkDirectory } from "./terraform/work-directory.ts";

export interface RescueDeps {
  readonly client: Pick<DaemonClient, "completeJob" | "failJob" | "updateJob" | "uploadState">;
  readonly key: string;
  readonly serverUrl: string;
  readonly workDirectory: string;
  /** Whether no other machine or container uses the folder, so that every directory of another process is a dead one's. Default: false. */
  readonly isExclusive?: boolean;
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

const AGAIN_MS = 60_000;

/** Looks again every minute, because a daemon of another machine counts as dead only after a while. Never rejects. */
export async function keepRescuing(deps: RescueDeps, giveUp: AbortSignal): Promise<void> {
  while (!giveUp.aborted) {
    await sleep(AGAIN_MS, undefined, { signal: giveUp, ref: false }).catch(() => {});
    if (!giveUp.aborted) await rescueJobs(deps, giveUp);
  }
}

/** Rescues the jobs in a work folder that no daemon uses any more. */
export async function rescueFolder(folder: Omit<RescueDeps, "client">, giveUp: AbortSignal): Promise<void> {
  const client = openDaemonClient(folder.serverUrl);
  try {
    await rescueJobs({ ...folder, client }, giveUp);
  } finally {
    client.close();
  }
}

/** Directories of which the log has told. */
const leftToOthers = new Set<string>();

async function rescue(there: FoundDirectory, deps: RescueDeps, giveUp: AbortSignal): Promise<void> {
  const found = { ...there, isOurs: there.isOurs || deps.isExclusive === true };
  const journal = await readJournal(found.root);
  if (!(await isDead(found, journal))) return;
  // Another server's job is for a daemon of that server, which may use the same folder. A server of its own folder may have another port.
  if (journal !== undefined && journal.server !== deps.serverUrl && deps.isExclusive !== true) {
    if (!leftToOthers.has(found.root))
      deps.log.warn(
        { job: journal.jobId, server: journal.server, directory: found.root },
        "left the job of another server to its own daemons",
      );
    leftToOthers.add(found.root);
    return;
  }
  await using directory = await adoptWorkDirectory(found);
  // Without a journal, the daemon died before it began.
  if (directory === undefined || journal === undefined) return;
  // What is in the directory may be nowhere else: it goes only when the server has it.
  directory.keep();
  const log = deps.log.child({ job: journal.jobId, daemon: journal.daemon, workspace: journal.workspace });
  await writeJournal(directory.root, { ...journal, owner: identifyProcess(process.pid) }).catch((error: unknown) =>
    log.warn({ err: error }, "could not note in the job's directory who has it now"),
  );
  log.warn({ applying: journal.isApplying }, "found the job of a daemon that died: ending it");
  if (await handUp(directory, journal, { ...deps, log }, giveUp)) directory.remove();
}

async function isDead({ root, pid, isOurs }: FoundDirectory, journal: Journal | undefined): Promise<boolean> {
  // Between adopting a directory and writing its journal, its new owner stands only in its name.
  const isNamed = journal === undefined || pid === journal.owner.pid || pid === process.pid || processBirth(pid) === undefined;
  if (isOurs && journal !== undefined) return isNamed && !isSameProcess(journal.owner);
  // In a container, a program may get the same number at each start: directories of this process were left out before.
  if (isOurs && (pid === process.pid || processBirth(pid) === undefined)) return true;
  const info = await stat(path.join(root, JOURNAL)).catch(() => stat(root).catch(() => undefined));
  return info !== undefined && Date.now() - info.mtimeMs > (isOurs ? UNKNOWN_STALE_MS : ELSEWHERE_STALE_MS);
}

/** @returns whether the directory is needed no more */
async function handUp(directory: WorkDirectory, journal: Journal, deps: RescueDeps, giveUp: AbortSignal): Promise<boolean> {
  const metadata = callMetadata({ key: deps.key, name: journal.daemon });
  // Keeps the job from ending without its state, and learns whether it was canceled.
  await using reporter = new JobReporter({
    client: deps.client,
    metadata,
    jobId: journal.jobId,
    lease: new Lease(0, 0),
    updateIntervalMs: HEARTBEAT_MS,
    isNumbered: false,
    log: deps.log,
  });
  giveUp.addEventListener("abort", () => void reporter[Symbol.asyncDispose](), { once: true });
  reporter.line("daemon", "warn", "Cleaning Up", "The provisioner daemon died and was started again. It ends this job.");
  const terraform = await readApplyProcess(directory.root);
  if (terraform !== undefined) await endOrphan(directory.root, terraform, giveUp);
  else if (journal.isApplying) await outputClosed(directory.root, giveUp);
  if (!giveUp.aborted) await endLeftovers(markOf(directory.root), directory.root);
  await reporter.flush();
  if (giveUp.aborted) return false;
  const saved = await readFile(path.join(directory.root, ENDING)).catch(() => undefined);
  const ending =
    (saved === undefined ? undefined : decodeEnding(saved)) ?? (await failureOf(directory, journal, reporter.canceled.aborted));
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

async function failureOf(directory: WorkDirectory, journal: Journal, isCanceled: boolean): Promise<Ending> {
  const { state, what } = journal.isApplying ? await findState(directory) : { what: "Terraform had not begun to change anything." };
  // A canceled job has no error, or it would end as failed.
  const error = isCanceled ? "" : `The provisioner daemon ${journal.daemon} died while it ran this job. ${what}`;
  const kind = journal.kind as Parameters<typeof typeOfFailure>[0];
  return { kind: "failed", failure: { jobId: journal.jobId, error, type: typeOfFailure(kind, state === undefined ? {} : { state }) } };
}

async function findState({ root, template }: WorkDirectory): Promise<{ readonly state?: Uint8Array | undefined; readonly what: string }> {
  const written = await readNewestState(template);
  const found = written ?? (await readStateCopy(root));
  const state = found === undefined ? undefined : await scrubState(found);
  if (written !== undefined) return { state, what: "Terraform was ended, and the state that it had written was kept." };
  const which = found === undefined ? "the last one that the server has" : "the one before";
  return { state, what: `Terraform was ended, and left no complete state: ${which} was kept.` };
}
