import type { StateVersion } from "#tfstate/compare-states.ts";
import type { Context } from "../access/context.ts";
import { templateObjectOf } from "../access/objects.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import type { Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { BuildActiveError, InvalidInputError, NotFoundError, StateConflictError } from "../errors.ts";
import type { StateId, WorkspaceBuildId, WorkspaceId } from "../ids.ts";
import { isJobOver } from "../provisioning/job-rows.ts";
import { dropState } from "../states/drop-state.ts";
import { readVersion } from "../states/read-state.ts";
import { isLineageOfAnother, nameStateRow } from "../states/rows.ts";
import { versionOf } from "../states/state-sum.ts";
import { openStateUpload } from "../states/upload-state.ts";
import { buildEntry } from "./build-entries.ts";
import { updateBuildRow } from "./build-job-rows.ts";
import { findEarlierStateId, findSelectedBuild, getTemplateOfWorkspace } from "./build-list-rows.ts";
import { NOTHING_MISSING } from "./missing-state.ts";
import { findBuildRow, findLatestBuildRow, lockWorkspaceRow } from "./new-build-rows.ts";
import { checkPushedState, conflictOf, type Origins } from "./push-state-rules.ts";
import { readableBuild } from "./read-builds.ts";

export interface PushOptions {
  /** Whatever lineage and serial the stored state has. */
  readonly force: boolean;
  /** Refuse unless the build is the workspace's latest. */
  readonly onlyLatest: boolean;
}

/**
 * Makes a pushed state the build's own, whatever its size: one piece of it at a time is in memory. It also stands for a state that was
 * missing. Needs `update` on the template.
 *
 * @throws InvalidInputError for what is not a whole state; StateConflictError for one that does not follow the stored one, that belongs to
 *   another workspace, or for a build that is not the latest; BuildActiveError while the build's job is not over
 */
export const pushBuildState = ruled(
  "builds.pushState",
  async (context, id: WorkspaceBuildId, state: AsyncIterable<Uint8Array>, options: PushOptions): Promise<void> => {
    const { db, guard } = context;
    const { workspace_id: workspaceId } = readableBuild(context, await findSelectedBuild(db, id));
    guard.require("update", templateObjectOf(await getTemplateOfWorkspace(db, workspaceId)), "workspace build");
    // Before all of it is sent in vain.
    await pushableBuild(context.db, id, options);
    await using upload = await openStateUpload(context, { workspaceId, jobId: null });
    for await (const bytes of state) await upload.add(bytes);
    const stateId = await upload.finish(checkPushedState);
    try {
      await context.write((tx) => takePushedState(context, tx, { id, workspaceId, stateId }, options));
    } catch (error) {
      // If that fails too, the state is swept later. It stays if the commit went through after all.
      await context.write((tx) => dropState(context, tx, stateId)).catch(() => {});
      throw error;
    }
  },
);

async function takePushedState(
  context: Context,
  tx: Tx,
  { id, workspaceId, stateId }: { readonly id: WorkspaceBuildId; readonly workspaceId: WorkspaceId; readonly stateId: StateId },
  options: PushOptions,
): Promise<void> {
  const workspace = await lockWorkspaceRow(tx.db, context.dialect, workspaceId);
  if (workspace === undefined) throw new NotFoundError("workspace");
  if (workspace.deleted) throw new InvalidInputError("the workspace was deleted: no build will start from this state");
  const build = await pushableBuild(tx.db, id, options);
  const row = await nameStateRow(tx.db, stateId, null);
  if (row === undefined) throw new Error(`Terraform state ${stateId} was deleted before it was named`);
  const pushed = versionOf(row);
  const stored = build.state_id === null ? undefined : await readVersion(context, tx.db, build.state_id);
  const isSame = stored?.sha256 === pushed.sha256;
  if (!options.force && !isSame) {
    const origins = stored?.lineage === undefined ? await originsOf(context, tx, build, pushed) : undefined;
    const conflict = conflictOf({ stored, pushed, buildNumber: build.build_number, origins });
    if (conflict !== undefined) throw conflict;
  }
  if (isSame) await dropState(context, tx, stateId);

  const { state_id, missing_state_file, missing_state_daemon } = build;
  const after = { state_id: isSame ? state_id : stateId, ...NOTHING_MISSING };
  await updateBuildRow(tx.db, id, { ...after, updated_at: context.now() });
  const { additional, ...entry } = await buildEntry(tx, build);
  await audit(context, tx, {
    ...entry,
    action: "write",
    before: { state_id, missing_state_file, missing_state_daemon },
    after,
    additional: {
      ...additional,
      pushed_state: options.force ? "forced" : "stored",
      state_serial: row.serial,
      state_lineage: row.lineage,
      state_bytes: row.size_bytes,
    },
  });
  if (!isSame) await dropState(context, tx, state_id);
  tx.publish({ kind: "workspace_changed", workspaceId });
}

/** A state that is known to be missing may have begun a lineage of its own: the server has not seen it. */
async function originsOf(context: Context, { db }: Tx, build: Row<"workspace_builds">, { lineage = "" }: StateVersion): Promise<Origins> {
  const earlier = build.missing_state_file === null ? await findEarlierStateId(db, build) : undefined;
  return {
    earlier: earlier === undefined ? undefined : (await readVersion(context, db, earlier)).lineage,
    isOfAnother: await isLineageOfAnother(db, { lineage, workspaceId: build.workspace_id }),
  };
}

/** @throws BuildActiveError, StateConflictError */
async function pushableBuild(db: Context["db"], id: WorkspaceBuildId, { onlyLatest }: PushOptions) {
  const build = await findBuildRow(db, id);
  const latest = onlyLatest ? await findLatestBuildRow(db, build.workspace_id) : build;
  if (latest !== undefined && latest.id !== id)
    throw new StateConflictError(
      `build ${build.build_number} is no longer the latest one of its workspace: build ${latest.build_number} is. ` +
        "Push again, for that one, or name the build with `--build`",
    );
  if (!(await isJobOver(db, build.job_id))) throw new BuildActiveError();
  return build;
}
