import { createHash } from "node:crypto";
import type { Preset, RichParameter } from "#proto/gen/provisioner_pb.js";
import type { CompletedJob_TemplateImport } from "#proto/gen/provisionerd_pb.js";
import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { cleanText } from "../database/text.ts";
import { insertFile } from "../files/rows.ts";
import type { FileId, PresetId, TemplateVersionId } from "../ids.ts";
import { InvalidCompletionError } from "../provisioning/invalid-completion.ts";
import { formType } from "../provisioning/wire-names.ts";
import { checkAgents } from "../resources/agent-rules.ts";
import { insertModules, insertResources } from "../resources/insert-rows.ts";

export const MODULE_FILES_TYPE = "application/x-tar";

/** Writes what an import found out about its template version. */
export async function completeImport(
  core: Database,
  tx: Tx,
  job: Row<"provisioner_jobs">,
  completed: CompletedJob_TemplateImport,
  apiVersion: string,
): Promise<void> {
  checkAgents(completed.startResources);
  checkAgents(completed.stopResources);
  const { id } = await tx.db.selectFrom("template_versions").select("id").where("job_id", "=", job.id).executeTakeFirstOrThrow();
  await insertResources(core, tx, { jobId: job.id, transition: "start" }, completed.startResources);
  await insertResources(core, tx, { jobId: job.id, transition: "stop" }, completed.stopResources);
  await insertModules(core, tx, { jobId: job.id, transition: "start" }, completed.startModules);
  for (const parameter of completed.richParameters) await insertParameter(tx, id, parameter);
  for (const preset of completed.presets) await insertPreset(core, tx, id, preset);
  const named = completed.externalAuthProvidersNames.map((name) => ({ id: name, optional: false }));
  const providers = completed.externalAuthProviders.map(({ id: provider, optional }) => ({ id: provider, optional }));
  await tx.db
    .updateTable("template_versions")
    .set({
      external_auth_providers: providers.length > 0 ? providers : named,
      has_external_agent: completed.hasExternalAgents,
      updated_at: core.now(),
    })
    .where("id", "=", id)
    .execute();
  await insertTerraformValues(core, tx, id, completed, apiVersion);
}

async function insertParameter({ db }: Tx, id: TemplateVersionId, parameter: RichParameter): Promise<void> {
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

async function insertPreset({ newId, now }: Database, { db }: Tx, versionId: TemplateVersionId, preset: Preset): Promise<void> {
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

async function insertTerraformValues(
  core: Database,
  tx: Tx,
  id: TemplateVersionId,
  completed: CompletedJob_TemplateImport,
  apiVersion: string,
): Promise<void> {
  const moduleFiles = await moduleFilesOf(core, tx, completed);
  if (completed.plan.length === 0 && moduleFiles === undefined) return;
  const plan = completed.plan.length > 0 ? completed.plan : Buffer.from("{}");
  await tx.db
    .insertInto("template_version_terraform_values")
    .values({
      template_version_id: id,
      cached_plan: core.encryption.seal(planPurpose(id), plan),
      cached_module_files: moduleFiles ?? null,
      provisionerd_version: cleanText(apiVersion),
      updated_at: core.now(),
    })
    .execute();
}

function planPurpose(id: TemplateVersionId): string {
  return `template_version_terraform_values.cached_plan:${id}`;
}

/** The modules' archive came along, or was uploaded before; then only its hash is here. */
async function moduleFilesOf(core: Database, tx: Tx, completed: CompletedJob_TemplateImport): Promise<FileId | undefined> {
  const { moduleFiles, moduleFilesHash } = completed;
  if (moduleFiles.length > 0) {
    if (moduleFilesHash.length > 0 && !createHash("sha256").update(moduleFiles).digest().equals(moduleFilesHash))
      throw new InvalidCompletionError("the module archive does not have the hash that came with it");
    return (await insertFile(core, tx, { createdBy: null, mimetype: MODULE_FILES_TYPE, data: moduleFiles })).id;
  }
  if (moduleFilesHash.length === 0) return undefined;
  const file = await tx.db
    .selectFrom("files")
    .select("id")
    .where("hash", "=", Buffer.from(moduleFilesHash).toString("hex"))
    .where("created_by", "is", null)
    .executeTakeFirst();
  if (file === undefined) throw new InvalidCompletionError("the module archive of this hash was not uploaded");
  return file.id;
}
