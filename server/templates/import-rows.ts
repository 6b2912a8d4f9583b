/** Reads and writes the rows that the import of a version works with. */
import type { Kysely } from "kysely";
import { templateObject } from "#authz/object.ts";
import type { Preset, RichParameter } from "#proto/gen/provisioner_pb.js";
import { templateObjectOf } from "../access/objects.ts";
import type { Database } from "../database/database.ts";
import type { NewRow, Row, Tables } from "../database/tables.ts";
import type { FileId, JobId, OrganizationId, PresetId, TemplateId, TemplateVersionId } from "../ids.ts";
import type { JobAbout } from "../provisioning/job-kind.ts";
import { formType } from "./form-types.ts";
import { namesOfVersion } from "./version-job-rows.ts";

/** Finds the version that a job imports, if it imports one. */
export function findVersionOfJob(db: Kysely<Tables>, id: JobId): Promise<Row<"template_versions"> | undefined> {
  return db.selectFrom("template_versions").selectAll().where("job_id", "=", id).executeTakeFirst();
}

/** Returns the version of a job that must import one. */
export function getVersionOfJob(db: Kysely<Tables>, id: JobId): Promise<Pick<Row<"template_versions">, "id" | "name" | "template_id">> {
  return db.selectFrom("template_versions").select(["id", "name", "template_id"]).where("job_id", "=", id).executeTakeFirstOrThrow();
}

export async function findActiveVersionId(db: Kysely<Tables>, id: TemplateId): Promise<TemplateVersionId> {
  return (await db.selectFrom("templates").select("active_version_id").where("id", "=", id).executeTakeFirstOrThrow()).active_version_id;
}

/** Describes import jobs by the templates of their versions, existing or future. Whoever may update a template may cancel its imports. */
export async function describeImports(db: Kysely<Tables>, ids: readonly JobId[]): Promise<Map<JobId, JobAbout>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("template_versions as version")
    .leftJoin("templates as template", "template.id", "version.template_id")
    .select(["version.job_id", "version.name", "version.organization_id", "version.template_id"])
    .select([
      "template.name as template_name",
      "template.display_name as template_display_name",
      "template.icon as template_icon",
      "template.user_acl",
      "template.group_acl",
    ])
    .where("version.job_id", "in", ids)
    .execute();
  return new Map(
    rows.map((row) => {
      const { job_id, template_id: id, organization_id, user_acl, group_acl } = row;
      const object =
        id === null
          ? templateObject({ organizationId: organization_id })
          : templateObjectOf({ id, organization_id, user_acl: user_acl ?? {}, group_acl: group_acl ?? {} });
      return [job_id, { object, cancel: "update", names: namesOfVersion(row) }];
    }),
  );
}

/** Returns the imports of a template's versions that have not ended, in an order that is the same for everybody who locks them. */
export async function findOpenImports(db: Kysely<Tables>, id: TemplateId): Promise<JobId[]> {
  const rows = await db
    .selectFrom("template_versions as version")
    .innerJoin("provisioner_jobs as job", "job.id", "version.job_id")
    .select("job.id")
    .where("version.template_id", "=", id)
    .where("job.completed_at", "is", null)
    .orderBy("job.id")
    .execute();
  return rows.map((row) => row.id);
}

/** Finds a module archive that belongs to a template of the organization and was not uploaded by a user. */
export async function findModuleArchive(
  db: Kysely<Tables>,
  { id, organizationId }: { readonly id: FileId; readonly organizationId: OrganizationId },
): Promise<Uint8Array | undefined> {
  const file = await db
    .selectFrom("files")
    .innerJoin("template_version_terraform_values as values", "values.cached_module_files", "files.id")
    .innerJoin("template_versions as version", "version.id", "values.template_version_id")
    .select("files.data")
    .where("files.id", "=", id)
    .where("files.created_by", "is", null)
    .where("version.organization_id", "=", organizationId)
    .executeTakeFirst();
  return file?.data;
}

/** Finds an archive that a daemon uploaded. @param hash SHA-256 in hex */
export async function findUploadedArchive(db: Kysely<Tables>, hash: string): Promise<FileId | undefined> {
  const file = await db.selectFrom("files").select("id").where("hash", "=", hash).where("created_by", "is", null).executeTakeFirst();
  return file?.id;
}

export async function putWorkspaceTag(db: Kysely<Tables>, row: NewRow<"template_version_workspace_tags">): Promise<void> {
  await db
    .insertInto("template_version_workspace_tags")
    .values(row)
    .onConflict((conflict) => conflict.columns(["template_version_id", "key"]).doUpdateSet({ value: row.value }))
    .execute();
}

type VariableKey = Pick<Row<"template_version_variables">, "template_version_id" | "name">;

export async function putVariableRow(
  db: Kysely<Tables>,
  key: VariableKey,
  facts: Omit<NewRow<"template_version_variables">, keyof VariableKey>,
): Promise<void> {
  await db
    .insertInto("template_version_variables")
    .values({ ...key, ...facts })
    .onConflict((conflict) => conflict.columns(["template_version_id", "name"]).doUpdateSet(facts))
    .execute();
}

export async function insertParameter(db: Kysely<Tables>, id: TemplateVersionId, parameter: RichParameter): Promise<void> {
  await db
    .insertInto("template_version_parameters")
    .values({
      template_version_id: id,
      name: parameter.name,
      display_name: parameter.displayName,
      description: parameter.description,
      type: parameter.type,
      form_type: formType(parameter.formType),
      mutable: parameter.mutable,
      default_value: parameter.defaultValue,
      icon: parameter.icon,
      options: parameter.options.map(({ name, description, value, icon }) => ({ name, description, value, icon })),
      validation_regex: parameter.validationRegex,
      validation_error: parameter.validationError,
      validation_min: parameter.validationMin ?? null,
      validation_max: parameter.validationMax ?? null,
      validation_monotonic: parameter.validationMonotonic,
      required: parameter.required,
      display_order: parameter.order,
      ephemeral: parameter.ephemeral,
    })
    .execute();
}

export async function insertPreset(
  { newId, now }: Database,
  db: Kysely<Tables>,
  versionId: TemplateVersionId,
  preset: Preset,
): Promise<void> {
  const id = newId<PresetId>();
  const { prebuild } = preset;
  await db
    .insertInto("template_version_presets")
    .values({
      id,
      template_version_id: versionId,
      name: preset.name,
      description: preset.description,
      icon: preset.icon,
      is_default: preset.default,
      desired_instances: prebuild?.instances ?? null,
      invalidate_after_secs: prebuild?.expirationPolicy?.ttl || null,
      scheduling_timezone: prebuild?.scheduling?.timezone ?? "",
      created_at: now(),
    })
    .execute();
  for (const { name, value } of preset.parameters)
    await db.insertInto("template_version_preset_parameters").values({ template_version_preset_id: id, name, value }).execute();
  for (const [position, { cron, instances }] of (prebuild?.scheduling?.schedule ?? []).entries())
    await db
      .insertInto("template_version_preset_prebuild_schedules")
      .values({ template_version_preset_id: id, position, cron_expression: cron, desired_instances: instances })
      .execute();
}

export async function insertTerraformValuesRow(db: Kysely<Tables>, row: NewRow<"template_version_terraform_values">): Promise<void> {
  await db.insertInto("template_version_terraform_values").values(row).execute();
}
