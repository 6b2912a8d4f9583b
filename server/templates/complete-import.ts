import { createHash } from "node:crypto";
import type { CompletedJob_TemplateImport } from "#proto/gen/provisionerd_pb.js";
import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { cleanText } from "../database/text.ts";
import { insertFile } from "../files/rows.ts";
import type { FileId, TemplateVersionId } from "../ids.ts";
import { MODULE_FILES_TYPE } from "../provisioning/file-transfer.ts";
import { InvalidCompletionError } from "../provisioning/invalid-completion.ts";
import { checkAgents } from "../resources/agent-rules.ts";
import { insertModules, insertResources } from "../resources/insert-rows.ts";
import { findUploadedArchive, getVersionOfJob, insertParameter, insertPreset, insertTerraformValuesRow } from "./import-rows.ts";
import { noteChangedDefaults } from "./note-changed-defaults.ts";
import { updateVersionRow } from "./version-rows.ts";

/**
 * Stores what an import found out about its template version.
 *
 * @throws InvalidCompletionError for agents or a module archive that break a rule
 */
export async function completeImport(
  core: Database,
  tx: Tx,
  job: Row<"provisioner_jobs">,
  completed: CompletedJob_TemplateImport,
  apiVersion: string,
): Promise<void> {
  checkAgents(completed.startResources);
  checkAgents(completed.stopResources);
  const version = await getVersionOfJob(tx.db, job.id);
  const { id } = version;
  await insertResources(core, tx, { jobId: job.id, transition: "start" }, completed.startResources);
  await insertResources(core, tx, { jobId: job.id, transition: "stop" }, completed.stopResources);
  await insertModules(core, tx, { jobId: job.id, transition: "start" }, completed.startModules);
  for (const parameter of completed.richParameters) await insertParameter(tx.db, id, parameter);
  for (const preset of completed.presets) await insertPreset(core, tx.db, id, preset);
  const named = completed.externalAuthProvidersNames.map((name) => ({ id: name, optional: false }));
  const providers = completed.externalAuthProviders.map(({ id: provider, optional }) => ({ id: provider, optional }));
  await updateVersionRow(tx.db, id, {
    external_auth_providers: providers.length > 0 ? providers : named,
    has_external_agent: completed.hasExternalAgents,
    updated_at: core.now(),
  });
  await insertTerraformValues(core, tx, id, completed, apiVersion);
  await noteChangedDefaults(core, tx, job.id, version);
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
  await insertTerraformValuesRow(tx.db, {
    template_version_id: id,
    cached_plan: core.encryption.seal(planPurpose(id), plan),
    cached_module_files: moduleFiles ?? null,
    provisionerd_version: cleanText(apiVersion),
    updated_at: core.now(),
  });
}

function planPurpose(id: TemplateVersionId): string {
  return `template_version_terraform_values.cached_plan:${id}`;
}

/** Finds the module archive. Either it came with the message, or it was uploaded before and the message has only its hash. */
async function moduleFilesOf(core: Database, tx: Tx, completed: CompletedJob_TemplateImport): Promise<FileId | undefined> {
  const { moduleFiles, moduleFilesHash } = completed;
  if (moduleFiles.length > 0) {
    if (moduleFilesHash.length > 0 && !createHash("sha256").update(moduleFiles).digest().equals(moduleFilesHash))
      throw new InvalidCompletionError("the module archive does not match the hash that was sent with it");
    return (await insertFile(core, tx, { createdBy: null, mimetype: MODULE_FILES_TYPE, data: moduleFiles })).id;
  }
  if (moduleFilesHash.length === 0) return undefined;
  const hash = Buffer.from(moduleFilesHash).toString("hex");
  const file = await findUploadedArchive(tx.db, hash);
  if (file === undefined) throw new InvalidCompletionError(`no module archive with the hash ${hash} was uploaded`);
  return file;
}
