import { ZERO_UUID } from "#sdk/scalars.ts";
import type { CreateWorkspaceRequest } from "#sdk/workspaces.ts";
import type { Access } from "../access/access.ts";
import { InvalidInputError } from "../errors.ts";
import { TemplateId, TemplateVersionId, type UserId } from "../ids.ts";
import { FieldChecks } from "../input/names.ts";
import { getTemplateVersion } from "../templates/read-template-versions.ts";
import type { WorkspaceBuild } from "./build-rows.ts";
import { insertWorkspace } from "./queries.ts";
import type { NewWorkspace, Workspace } from "./workspaces.ts";

const MAX_TTL_MS = 30 * 86_400_000;
/** `CRON_TZ=<zone> <minute> <hour> * * <weekdays>`: only those three may vary. */
const WEEKLY_SCHEDULE = /^(?:CRON_TZ=[A-Za-z0-9_+/-]+ )?[0-9]{1,2} [0-9]{1,2} \* \* [0-6*A-Za-z,-]+$/;

/**
 * The workspace and its first build.
 *
 * @throws InvalidInputError, NameTakenError, NotFoundError for template or version, JobNotCompletedError for the version's import
 */
export async function createWorkspace(
  access: Access,
  ownerId: UserId,
  request: CreateWorkspaceRequest,
): Promise<{ readonly workspace: Workspace; readonly build: WorkspaceBuild }> {
  const { name, autostart_schedule: schedule = "", ttl_ms: ttlMs = 0 } = request;
  const checks = new FieldChecks().name("name", name);
  if (schedule !== "" && !WEEKLY_SCHEDULE.test(schedule))
    checks.add("schedule", "A schedule has the form `CRON_TZ=Europe/Berlin 30 9 * * 1-5`: minute, hour, and weekdays.");
  if (ttlMs !== 0 && (ttlMs < 60_000 || ttlMs > MAX_TTL_MS)) checks.add("ttl_ms", "The time to live lies between 1 minute and 30 days.");
  checks.done();
  return insertWorkspace(access, {
    ownerId,
    ...(await templateOf(access, request)),
    name,
    ...(schedule !== "" && { autostartSchedule: schedule }),
    ...(ttlMs !== 0 && { ttlMs }),
    ...(request.automatic_updates !== undefined && { automaticUpdates: request.automatic_updates }),
    parameters: request.rich_parameter_values ?? [],
  });
}

async function templateOf(
  access: Access,
  { template_id: template, template_version_id: version }: CreateWorkspaceRequest,
): Promise<Pick<NewWorkspace, "templateId" | "templateVersionId">> {
  const templateId = given(template);
  const versionId = given(version);
  if ((templateId === undefined) === (versionId === undefined))
    throw new InvalidInputError("exactly one of template_id and template_version_id is needed");
  if (templateId !== undefined) return { templateId: TemplateId.parse(templateId) };
  const found = await getTemplateVersion(access, TemplateVersionId.parse(versionId ?? ""));
  if (found.template_id === null)
    throw new InvalidInputError("no template was created from this version yet", [
      { field: "template_version_id", detail: "Create a template from it first." },
    ]);
  return { templateId: found.template_id, templateVersionId: found.id };
}

/** Go clients send the all-zero id for one that they leave out. */
function given(id: string | undefined): string | undefined {
  return id === undefined || id === "" || id === ZERO_UUID ? undefined : id;
}
