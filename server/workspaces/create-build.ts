import type { Subject } from "#authz/subject.ts";
import { actingUser } from "../access/acting-user.ts";
import type { Context } from "../access/context.ts";
import { templateObjectOf, workspaceObjectOf } from "../access/objects.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import type { Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { BuildActiveError, InvalidInputError, NotFoundError } from "../errors.ts";
import type { JobId, StateId, TemplateVersionId, WorkspaceBuildId, WorkspaceId } from "../ids.ts";
import { requireValuesToFit } from "../input/values.ts";
import { insertJob } from "../provisioning/insert-job.ts";
import { isJobOver } from "../provisioning/job-rows.ts";
import { normalizeTags } from "../provisioning/tags.ts";
import { putState } from "../states/put-state.ts";
import { importedVersionOf } from "../templates/imported-version.ts";
import { getTemplateRow } from "../templates/template-rows.ts";
import { findParameters } from "../templates/version-detail-rows.ts";
import { buildEntry } from "./build-entries.ts";
import { type ParameterValue, requireOneValueEach, resolveBuildParameters } from "./build-parameters.ts";
import { isScheduled } from "./build-reason-rules.ts";
import { findBuild, findBuildParameters, type WorkspaceBuild } from "./build-rows.ts";
import { requireState } from "./missing-state.ts";
import type { NewBuild } from "./new-build.ts";
import {
  findLatestBuildRow,
  findPresetValues,
  getImportJob,
  insertBuildParameters,
  insertBuildRow,
  lockWorkspaceRow,
} from "./new-build-rows.ts";
import { patchWorkspace } from "./rows.ts";

/**
 * Creates a build and enqueues its job, and ends the agent tokens of the previous build. The caller needs the permission `start`, `stop` or
 * `delete` on the workspace. Parameters are checked against the version's.
 *
 * @throws BuildActiveError while another build is active, StateMissingError unless it destroys nothing, InvalidInputError for parameters, JobNotCompletedError for the version
 */
export const createBuild = ruled(
  "builds.create",
  (context, build: NewBuild): Promise<WorkspaceBuild> =>
    // A caller who may start, stop or delete the workspace may see the resulting build.
    context.write(async (tx) => findBuild(tx.db, await insertBuild(context, tx, build))),
);

/** Inserts a build and its job in the caller's transaction. {@link createBuild} only adds the answer. */
export async function insertBuild(context: Context, tx: Tx, build: NewBuild): Promise<WorkspaceBuildId> {
  const { guard, newId, now } = context;
  const workspace = await lockWorkspaceRow(tx.db, context.dialect, build.workspaceId);
  if (workspace === undefined || workspace.deleted) throw new NotFoundError("workspace");
  guard.require(build.transition, workspaceObjectOf(workspace), "workspace");
  const template = await getTemplateRow(tx.db, workspace.template_id);
  if (build.state !== undefined) guard.require("update", templateObjectOf(template), "template");
  // Terraform's trace shows what its providers send, including the operator's cloud credentials.
  if (build.logLevel !== undefined && !guard.allows("update", templateObjectOf(template)))
    throw new InvalidInputError("Only users who may update the template can set a log level.", [
      { field: "log_level", detail: "Leave it out." },
    ]);

  const before = await latestBuild(tx.db, workspace.id);
  // A delete that destroys nothing needs no state.
  const isOrphan = build.transition === "delete" && build.state?.length === 0;
  if (!isOrphan) await requireState(tx.db, before);
  const active = template.active_version_id;
  const mustBeActive =
    template.require_active_version && build.transition === "start" && !guard.allows("update", templateObjectOf(template));
  const versionId = build.templateVersionId ?? (mustBeActive ? active : (before?.template_version_id ?? active));
  if (mustBeActive && versionId !== active)
    throw new InvalidInputError("The template requires its active version for a start.", [
      { field: "template_version_id", detail: `Leave it out, or use ${active}.` },
    ]);
  const version = await importedVersionOf(context, tx.db, template.id, versionId);
  const parameters = await parametersFor(tx.db, build, { version: versionId, before });
  const initiatorId = actingUser(context, build.initiatorId);
  const [id, jobId, at] = [newId<WorkspaceBuildId>(), newId<JobId>(), now()];
  const importJob = await getImportJob(tx.db, version.job_id);

  await insertJob(context, tx, {
    id: jobId,
    organizationId: workspace.organization_id,
    initiatorId,
    type: "workspace_build",
    provisioner: importJob.provisioner,
    fileId: importJob.file_id,
    input: {
      workspace_build_id: id,
      ...(build.logLevel !== undefined && { log_level: build.logLevel }),
      ...(isOrphan && { orphan: true }),
    },
    // Scope `user` means the workspace's owner, no matter who starts the build.
    tags: normalizeTags(workspace.owner_id, importJob.tags),
    yields: isScheduled(build.reason),
  });
  const { state_id: stateId, ...made } = await insertBuildRow(tx.db, {
    id,
    workspace_id: workspace.id,
    template_version_id: versionId,
    template_version_preset_id: build.presetId ?? null,
    build_number: (before?.build_number ?? 0) + 1,
    transition: build.transition,
    reason: build.reason ?? "initiator",
    initiator_id: initiatorId,
    initiator_key_id: restrictedKeyOf(guard.subject),
    initiator_session_id: sessionOf(guard.subject),
    job_id: jobId,
    state_id: await stateFor(context, tx, build, before),
    state_given: build.state !== undefined && !isOrphan,
    state_untouched: isOrphan,
    // If the delete is canceled or fails, the workspace is as it was, and so is what is known of its state.
    ...(isOrphan && {
      missing_state_file: before?.missing_state_file ?? null,
      missing_state_daemon: before?.missing_state_daemon ?? null,
    }),
    created_at: at,
    updated_at: at,
  });
  // A state from the request is a change to audit; the previous build's state is not.
  const after = build.state === undefined || isOrphan ? made : { ...made, state_id: stateId };
  await audit(context, tx, { ...(await buildEntry(tx, made)), after, actor: { userId: initiatorId } });
  await insertBuildParameters(tx.db, id, parameters);
  await patchWorkspace(tx.db, workspace.id, { last_used_at: at, updated_at: at });
  tx.publish({ kind: "job_changed", jobId });
  tx.publish({ kind: "workspace_changed", workspaceId: workspace.id });
  return id;
}

/** Returns null for a credential with all of a user's rights. An agent's ID is not a key's, so an agent's build gets no key. */
function restrictedKeyOf({ credential }: Subject): string | null {
  return credential.kind === "session" || credential.kind === "internal" ? null : credential.id;
}

function sessionOf({ credential }: Subject): string | null {
  return credential.kind === "session" ? credential.id : null;
}

/** Returns the latest build. @throws BuildActiveError while it is not over */
async function latestBuild(db: Tx["db"], workspaceId: WorkspaceId): Promise<Row<"workspace_builds"> | undefined> {
  const before = await findLatestBuildRow(db, workspaceId);
  if (before !== undefined && !(await isJobOver(db, before.job_id))) throw new BuildActiveError();
  return before;
}

/**
 * Returns the state with which a build starts: the request's, or the previous build's, even if that build failed. A delete that destroys
 * nothing keeps it as well: its daemon does not get it, and it goes when the workspace is deleted.
 */
async function stateFor(context: Context, tx: Tx, build: NewBuild, before: Row<"workspace_builds"> | undefined): Promise<StateId | null> {
  if (build.state === undefined || build.state.length === 0) return before?.state_id ?? null;
  return putState(context, tx, { workspaceId: build.workspaceId, jobId: null }, build.state);
}

async function parametersFor(
  db: Tx["db"],
  build: NewBuild,
  { version, before }: { readonly version: TemplateVersionId; readonly before: Row<"workspace_builds"> | undefined },
): Promise<ParameterValue[]> {
  const earlier = before === undefined ? undefined : await findBuildParameters(db, before.id);
  requireOneValueEach(build.parameters ?? []);
  const given = new Map((build.parameters ?? []).map(({ name, value }) => [name, value]));
  const preset = build.presetId === undefined ? [] : await findPresetValues(db, build.presetId, version);
  if (preset === undefined) throw new NotFoundError("preset");
  for (const { name, value } of preset) given.set(name, value);
  const values = [...given].map(([name, value]) => ({ name, value }));
  const resolved = resolveBuildParameters(await findParameters(db, version), values, earlier);
  // A build that is given none must not fail for what an earlier version took: above all, a delete.
  if (values.length > 0) {
    const kept = new Set([...given.keys(), ...(earlier ?? []).map(({ name }) => name)]);
    requireValuesToFit(
      "rich_parameter_values",
      resolved.filter(({ name }) => kept.has(name)),
    );
  }
  return resolved;
}
