import { StatusError } from "#proto/status.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { cleanText } from "../database/text.ts";
import { StateMissingError } from "../errors.ts";
import { findDaemonName } from "../provisioning/daemon-rows.ts";
import { noteInJobLog } from "../provisioning/note-in-job-log.ts";
import { isKeyOfDaemonDeleted } from "../provisioning/provisioner-key-rows.ts";
import { updateBuildRow } from "./build-job-rows.ts";
import { findBuildThatLeft, findWorkspaceNames } from "./late-state-rows.ts";
import { pushCommand } from "./state-commands.ts";

type Build = Pick<Row<"workspace_builds">, "id" | "workspace_id" | "build_number" | "missing_state_file" | "missing_state_daemon">;

/** Longer than any path that a system accepts. */
const MAX_PATH_LENGTH = 4_096;

/**
 * Remembers that the build's state is in a file beside its daemon, because the server did not take it. Until somebody gives it back, the
 * workspace must not be built: Terraform would create again what that state lists, or leave it behind.
 *
 * @param failure `keptFile` is empty if nothing is missing
 */
export async function noteMissingState(
  core: Pick<Database, "now">,
  { db }: Tx,
  job: Pick<Row<"provisioner_jobs">, "worker_id">,
  build: Pick<Build, "id">,
  { keptFile }: { readonly keptFile: string },
): Promise<void> {
  if (keptFile === "") return;
  await updateBuildRow(db, build.id, {
    missing_state_file: cleanText(keptFile).slice(0, MAX_PATH_LENGTH),
    missing_state_daemon: (await findDaemonName(db, job.worker_id)) ?? "",
    updated_at: core.now(),
  });
}

/**
 * Says in the log of a build that was given up that its last state may be missing, if Terraform had begun to change things and the daemon's
 * key was deleted: nobody will take what that daemon still has.
 */
export async function sayKeyDeleted(
  core: Pick<Database, "now">,
  tx: Tx,
  job: Pick<Row<"provisioner_jobs">, "id" | "worker_id">,
  build: Pick<Row<"workspace_builds">, "workspace_id" | "has_applied">,
): Promise<void> {
  if (!build.has_applied || job.worker_id === null || !(await isKeyOfDaemonDeleted(tx.db, job.worker_id))) return;
  const { owner, name } = await findWorkspaceNames(tx.db, build.workspace_id);
  const daemon = (await findDaemonName(tx.db, job.worker_id)) ?? "";
  const output = [
    `The key of the provisioner daemon ${daemon} was deleted, so the server takes nothing more from it, and Terraform had begun to change things:`,
    "the last state of this build may be missing. Before the next build, look for it on the daemon's machine. Give a newer state back with",
    `\`${pushCommand(`${owner}/${name}`, "FILE")}\`.`,
  ].join(" ");
  await noteInJobLog(core, tx, job.id, { level: "warn", stage: "Late state", output });
}

/** The columns of a build whose state has been found. */
export const NOTHING_MISSING = { missing_state_file: null, missing_state_daemon: null } as const;

/**
 * Keeps a build that waited from starting without a state of which the server has heard since then that it is missing.
 *
 * @throws StatusError FAILED_PRECONDITION, whose message ends the job
 */
export async function refuseWithoutState(db: Tx["db"], build: Build): Promise<void> {
  try {
    await requireState(db, build);
  } catch (cause) {
    if (!(cause instanceof StateMissingError)) throw cause;
    throw new StatusError("FAILED_PRECONDITION", cause.message, { cause });
  }
}

/** @throws StateMissingError if the build's state is known to be elsewhere */
export async function requireState(db: Tx["db"], build: Build | undefined): Promise<void> {
  if (build === undefined || build.missing_state_file === null) return;
  const { owner, name } = await findWorkspaceNames(db, build.workspace_id);
  throw new StateMissingError({
    buildNumber: await findBuildThatLeft(db, build.workspace_id, build.missing_state_file),
    file: build.missing_state_file,
    daemon: build.missing_state_daemon ?? "",
    command: pushCommand(`${owner}/${name}`, build.missing_state_file),
  });
}
