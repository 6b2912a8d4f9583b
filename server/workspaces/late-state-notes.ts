/** What people read, in the logs of later builds, of a state that came late. */
import type { StateVersion } from "#tfstate/compare-states.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import type { StateId } from "../ids.ts";
import { noteInJobLog } from "../provisioning/note-in-job-log.ts";
import { updateBuildRow } from "./build-job-rows.ts";
import { findWorkspaceNames } from "./late-state-rows.ts";
import type { LateDecision, LaterBuild } from "./late-state-rules.ts";
import { NOTHING_MISSING } from "./missing-state.ts";
import { pullCommand, pushCommand } from "./state-commands.ts";

export interface LateState {
  readonly id: StateId;
  /** The build whose job left it. */
  readonly build: Row<"workspace_builds">;
  readonly version: StateVersion;
  readonly decision: LateDecision;
}

const STAGE = "Late state";

/** Gives the state to a build that has not worked with the old one. */
export async function handOn(core: Database, tx: Tx, { id, build, version }: LateState, to: LaterBuild): Promise<void> {
  await updateBuildRow(tx.db, to.id, { state_id: id, ...NOTHING_MISSING, updated_at: core.now() });
  const output = `The last state of build ${build.build_number} (${describe(version)}) arrived only now. This build has it instead of the older one.`;
  await noteInJobLog(core, tx, to.job_id, { level: "info", stage: STAGE, output });
}

/** Writes where the state is into the log of the latest build, or of its own if that is the latest. */
export async function sayLate(
  core: Database,
  tx: Tx,
  { build, version, decision }: LateState,
  later: readonly LaterBuild[],
): Promise<void> {
  const { owner, name, deleted } = await findWorkspaceNames(tx.db, build.workspace_id);
  // A deleted workspace has lost its name, perhaps to another one.
  const workspace = deleted ? build.workspace_id : `${owner}/${name}`;
  const output = [
    `The last state of build ${build.build_number} (${describe(version)}) arrived only now, after the job of that build had ended.`,
    decision === "keep_beside"
      ? "It is not a successor of the state that is stored for that build, so it overwrites nothing."
      : deleted
        ? "The workspace was deleted without it: what it lists may still exist."
        : "This workspace has been built without it since then: what it lists may exist and be in no later state.",
    `It is kept: get it with \`${pullCommand(workspace, { build: build.build_number, late: decision === "keep_beside" })}\`,`,
    deleted ? "and destroy what is left with Terraform." : "and compare it with the current state.",
  ].join(" ");
  await noteInJobLog(core, tx, later.at(-1)?.job_id ?? build.job_id, { level: "warn", stage: STAGE, output });
}

/** Tells a later build, if there is one, that it began without the state that this build left. */
export async function sayMissing(
  core: Database,
  tx: Tx,
  build: Row<"workspace_builds">,
  file: string,
  later: readonly LaterBuild[],
): Promise<void> {
  const latest = later.at(-1);
  if (latest === undefined) return;
  const { owner, name, deleted } = await findWorkspaceNames(tx.db, build.workspace_id);
  const output = [
    `The server did not take the state that build ${build.build_number} left, and this build began without it.`,
    `The daemon keeps it in ${file}.`,
    deleted
      ? "The workspace was deleted without it, so it cannot be given back: what that file lists may still exist. Destroy it with Terraform from that file, on the daemon's machine."
      : `Give it back from the daemon's machine with \`${pushCommand(`${owner}/${name}`, file, { build: build.build_number })}\`, and compare it with the current state.`,
  ].join(" ");
  await noteInJobLog(core, tx, latest.job_id, { level: "warn", stage: STAGE, output });
}

function describe({ serial, lineage }: StateVersion): string {
  if (serial === undefined) return "which has no serial";
  return `serial ${serial}, lineage ${lineage ?? "unknown"}`;
}
