import type { Kysely } from "kysely";
import type { Subject } from "#authz/subject.ts";
import { actingUser } from "../access/acting-user.ts";
import type { Context } from "../access/context.ts";
import { templateObjectOf, workspaceObjectOf } from "../access/objects.ts";
import { audit } from "../audit/audit.ts";
import type { Tx } from "../database/database.ts";
import { UniqueViolationError } from "../database/failures.ts";
import type { BuildReason, Row, Tables, Transition } from "../database/tables.ts";
import { BuildActiveError, InvalidInputError, NotFoundError } from "../errors.ts";
import type { JobId, PresetId, TemplateVersionId, UserId, WorkspaceBuildId, WorkspaceId } from "../ids.ts";
import { insertJob } from "../provisioning/insert-job.ts";
import { normalizeTags } from "../provisioning/tags.ts";
import { findParameters } from "../templates/template-versions.ts";
import { importedVersionOf } from "../templates/templates.ts";
import { buildEntry } from "./build-entries.ts";
import { type ParameterValue, resolveBuildParameters } from "./build-parameters.ts";
import { findBuildParameters, statePurpose } from "./build-rows.ts";

export interface NewBuild {
  readonly workspaceId: WorkspaceId;
  readonly transition: Transition;
  /** Default: the last build's; for a start of a template that requires it, the active one. */
  readonly templateVersionId?: TemplateVersionId;
  readonly presetId?: PresetId;
  /** What the last build had and is not named here carries over, except ephemeral parameters. */
  readonly parameters?: readonly { readonly name: string; readonly value: string }[];
  readonly reason?: BuildReason;
  /** Turns on Terraform's trace; needs `update` on the template. */
  readonly logLevel?: string;
  /** Replaces the state that the build starts from; needs `update` on the template. Empty with `delete`: forget, do not destroy. */
  readonly state?: Uint8Array;
  /** Ignored unless the server itself acts: then in whose name. */
  readonly initiatorId?: UserId;
}

/** A build and its job, in the caller's transaction: all of `WorkspaceBuilds.create` but the answer. */
export async function insertBuild(context: Context, tx: Tx, build: NewBuild): Promise<WorkspaceBuildId> {
  const { guard, newId, now } = context;
  // Locked: what is decided about it holds until the build is in.
  const workspace = await tx.db
    .selectFrom("workspaces")
    .selectAll()
    .where("id", "=", build.workspaceId)
    .$if(context.dialect === "postgres", (q) => q.forUpdate())
    .executeTakeFirst();
  if (workspace === undefined || workspace.deleted) throw new NotFoundError("workspace");
  guard.require(build.transition, workspaceObjectOf(workspace), "workspace");
  const template = await tx.db.selectFrom("templates").selectAll().where("id", "=", workspace.template_id).executeTakeFirstOrThrow();
  if (build.state !== undefined) guard.require("update", templateObjectOf(template), "template");
  // Terraform's trace shows what its providers send, the operator's cloud credentials among it.
  if (build.logLevel !== undefined && !guard.allows("update", templateObjectOf(template)))
    throw new InvalidInputError("Only who may change the template can choose a log level.", [
      { field: "log_level", detail: "Leave it out." },
    ]);

  const before = await latestBuild(tx.db, workspace.id);
  const active = template.active_version_id;
  const mustBeActive =
    template.require_active_version && build.transition === "start" && !guard.allows("update", templateObjectOf(template));
  const versionId = build.templateVersionId ?? (mustBeActive ? active : (before?.template_version_id ?? active));
  if (mustBeActive && versionId !== active) throw new InvalidInputError("The template requires its active version for a start.");
  const version = await importedVersionOf(context, tx.db, template.id, versionId);
  const parameters = await parametersFor(tx.db, build, { version: versionId, before });
  const initiatorId = actingUser(context, build.initiatorId);
  const [id, jobId, at] = [newId<WorkspaceBuildId>(), newId<JobId>(), now()];
  const importJob = await tx.db
    .selectFrom("provisioner_jobs")
    .select(["file_id", "tags", "provisioner"])
    .where("id", "=", version.job_id)
    .executeTakeFirstOrThrow();

  await insertJob(context, tx, {
    id: jobId,
    organizationId: workspace.organization_id,
    initiatorId,
    type: "workspace_build",
    provisioner: importJob.provisioner,
    fileId: importJob.file_id,
    input: { workspace_build_id: id, ...(build.logLevel !== undefined && { log_level: build.logLevel }) },
    // Scope `user` means the workspace's owner, whoever starts the build.
    tags: normalizeTags(workspace.owner_id, importJob.tags),
  });
  const { provisioner_state: state, ...made } = await tx.db
    .insertInto("workspace_builds")
    .values({
      id,
      workspace_id: workspace.id,
      template_version_id: versionId,
      template_version_preset_id: build.presetId ?? null,
      build_number: (before?.build_number ?? 0) + 1,
      transition: build.transition,
      reason: build.reason ?? "initiator",
      initiator_id: initiatorId,
      initiator_key_id: restrictedKeyOf(guard.subject),
      job_id: jobId,
      provisioner_state: stateFor(context, build, before),
      created_at: at,
      updated_at: at,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch((error: unknown) => {
      throw error instanceof UniqueViolationError ? new BuildActiveError({ cause: error }) : error;
    });
  // A state that came with the request is a change of its own; one that was there already is not.
  const after = build.state === undefined ? made : { ...made, provisioner_state: state };
  await audit(context, tx, { ...(await buildEntry(tx, made)), after, actor: { userId: initiatorId } });
  for (const { name, value } of parameters)
    await tx.db.insertInto("workspace_build_parameters").values({ workspace_build_id: id, name, value }).execute();
  await tx.db.updateTable("workspaces").set({ last_used_at: at, updated_at: at }).where("id", "=", workspace.id).execute();
  tx.publish({ kind: "job_changed", jobId });
  tx.publish({ kind: "workspace_changed", workspaceId: workspace.id });
  return id;
}

/** Null for who stands for a whole user. An agent's id is no key's: a build that one asks for gets no key at all. */
function restrictedKeyOf({ credential }: Subject): string | null {
  return credential.kind === "session" || credential.kind === "internal" ? null : credential.id;
}

/** @throws BuildActiveError while it is not over */
async function latestBuild(db: Kysely<Tables>, workspaceId: WorkspaceId): Promise<Row<"workspace_builds"> | undefined> {
  const before = await db
    .selectFrom("workspace_builds")
    .selectAll()
    .where("workspace_id", "=", workspaceId)
    .orderBy("build_number", "desc")
    .limit(1)
    .executeTakeFirst();
  if (before === undefined) return undefined;
  const job = await db.selectFrom("provisioner_jobs").select("completed_at").where("id", "=", before.job_id).executeTakeFirstOrThrow();
  if (job.completed_at === null) throw new BuildActiveError();
  return before;
}

/** A build begins with the state that the one before left, whatever became of that one. */
function stateFor({ encryption }: Context, build: NewBuild, before: Row<"workspace_builds"> | undefined): Uint8Array | null {
  if (build.state === undefined) return before?.provisioner_state ?? null;
  return build.state.length === 0 ? null : encryption.seal(statePurpose(build.workspaceId), build.state);
}

async function parametersFor(
  db: Kysely<Tables>,
  build: NewBuild,
  { version, before }: { readonly version: TemplateVersionId; readonly before: Row<"workspace_builds"> | undefined },
): Promise<ParameterValue[]> {
  const earlier = before === undefined ? undefined : await findBuildParameters(db, before.id);
  const given = new Map((build.parameters ?? []).map(({ name, value }) => [name, value]));
  if (build.presetId !== undefined) for (const { name, value } of await presetValues(db, build.presetId, version)) given.set(name, value);
  const values = [...given].map(([name, value]) => ({ name, value }));
  return resolveBuildParameters(await findParameters(db, version), values, earlier);
}

async function presetValues(
  db: Kysely<Tables>,
  id: NonNullable<NewBuild["presetId"]>,
  version: TemplateVersionId,
): Promise<ParameterValue[]> {
  const preset = await db
    .selectFrom("template_version_presets")
    .select("id")
    .where("id", "=", id)
    .where("template_version_id", "=", version)
    .executeTakeFirst();
  if (preset === undefined) throw new NotFoundError("preset");
  return db
    .selectFrom("template_version_preset_parameters")
    .select(["name", "value"])
    .where("template_version_preset_id", "=", id)
    .execute();
}
