import { workspaceObject } from "#authz/object.ts";
import type { CreateWorkspaceRequest } from "#sdk/workspaces.ts";
import type { Access } from "../access/access.ts";
import { templateObjectOf } from "../access/objects.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import type { BuildReason } from "../database/tables/workspaces.ts";
import { InvalidInputError, NotFoundError } from "../errors.ts";
import { type PresetId, TemplateId, TemplateVersionId, type UserId, type WorkspaceId } from "../ids.ts";
import { givenId } from "../input/given-id.ts";
import { FieldChecks } from "../input/names.ts";
import { getTemplateVersion } from "../templates/read-template-versions.ts";
import { findBuild, type WorkspaceBuild } from "./build-rows.ts";
import { insertBuild } from "./create-build.ts";
import { getWorkspaceRow, holdMember, insertWorkspace, shareTemplate, type Workspace } from "./rows.ts";

export interface NewWorkspace {
  readonly ownerId: UserId;
  readonly templateId: TemplateId;
  /** Default: the template's active version. */
  readonly templateVersionId?: TemplateVersionId;
  readonly name: string;
  readonly autostartSchedule?: string;
  readonly ttlMs?: number;
  readonly automaticUpdates?: string;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly presetId?: PresetId;
  readonly reason?: BuildReason;
  /** The user in whose name the server itself acts; ignored for every other caller. */
  readonly initiatorId?: UserId;
}

interface MadeWorkspace {
  readonly workspace: Workspace;
  readonly build: WorkspaceBuild;
}

/** Creates a workspace and its first build, which is a start. @throws NameTakenError, JobNotCompletedError */
export const createWorkspace = ruled(
  "workspaces.create",
  (context, wanted: NewWorkspace): Promise<MadeWorkspace> =>
    context.write(async (tx) => {
      const { ownerId, templateId, name } = wanted;
      const template = await shareTemplate(tx.db, context.dialect, templateId);
      if (template === undefined || template.deleted) throw new NotFoundError("template");
      context.guard.require("use", templateObjectOf(template), "template");
      if (template.deprecated !== "") throw new InvalidInputError(`The template is deprecated: ${template.deprecated}`);
      const organizationId = template.organization_id;
      context.guard.requireOpenly("create", workspaceObject({ ownerId, organizationId }));
      await holdMember(context, tx, ownerId, organizationId);
      const [id, at] = [context.newId<WorkspaceId>(), context.now()];
      const row = await insertWorkspace(tx.db, {
        id,
        owner_id: ownerId,
        organization_id: organizationId,
        template_id: templateId,
        name,
        autostart_schedule: wanted.autostartSchedule ?? null,
        ttl_ms: wanted.ttlMs ?? null,
        automatic_updates: wanted.automaticUpdates ?? "never",
        user_acl: {},
        group_acl: {},
        last_used_at: at,
        created_at: at,
        updated_at: at,
      });
      await audit(context, tx, {
        action: "create",
        resourceType: "workspace",
        resourceId: id,
        target: name,
        icon: template.icon,
        organizationId,
        after: row,
        actor: { userId: wanted.initiatorId ?? ownerId },
      });
      const buildId = await insertBuild(context, tx, {
        workspaceId: id,
        transition: "start",
        templateVersionId: wanted.templateVersionId ?? template.active_version_id,
        parameters: wanted.parameters,
        ...(wanted.presetId !== undefined && { presetId: wanted.presetId }),
        ...(wanted.reason !== undefined && { reason: wanted.reason }),
        ...(wanted.initiatorId !== undefined && { initiatorId: wanted.initiatorId }),
      });
      // A caller who may create the workspace may see the result.
      return { workspace: await getWorkspaceRow(tx.db, id), build: await findBuild(tx.db, buildId) };
    }),
);

const MAX_TTL_MS = 30 * 86_400_000;
/** Matches `CRON_TZ=<zone> <minute> <hour> * * <weekdays>`, in which the zone is optional. */
const WEEKLY_SCHEDULE = /^(?:CRON_TZ=[A-Za-z0-9_+/-]+ )?[0-9]{1,2} [0-9]{1,2} \* \* [0-6*A-Za-z,-]+$/;

/**
 * Checks and translates a request for a workspace.
 *
 * @throws InvalidInputError; NotFoundError for a version that the caller may not read
 */
export async function parseNewWorkspace(access: Access, ownerId: UserId, request: CreateWorkspaceRequest): Promise<NewWorkspace> {
  const { name, autostart_schedule: schedule = "", ttl_ms: ttlMs = 0 } = request;
  const checks = new FieldChecks().name("name", name);
  if (schedule !== "" && !WEEKLY_SCHEDULE.test(schedule))
    checks.add("schedule", "Must have the form `CRON_TZ=Europe/Berlin 30 9 * * 1-5`: time zone, minute, hour and weekdays.");
  if (ttlMs !== 0 && (ttlMs < 60_000 || ttlMs > MAX_TTL_MS)) checks.add("ttl_ms", "Must be between 1 minute and 30 days.");
  checks.done();
  return {
    ownerId,
    ...(await templateOf(access, request)),
    name,
    ...(schedule !== "" && { autostartSchedule: schedule }),
    ...(ttlMs !== 0 && { ttlMs }),
    ...(request.automatic_updates !== undefined && { automaticUpdates: request.automatic_updates }),
    parameters: request.rich_parameter_values ?? [],
  };
}

async function templateOf(
  access: Access,
  { template_id: template, template_version_id: version }: CreateWorkspaceRequest,
): Promise<Pick<NewWorkspace, "templateId" | "templateVersionId">> {
  const templateId = givenId(template);
  const versionId = givenId(version);
  if ((templateId === undefined) === (versionId === undefined))
    throw new InvalidInputError("exactly one of template_id and template_version_id is required");
  if (templateId !== undefined) return { templateId: TemplateId.parse(templateId) };
  const found = await getTemplateVersion(access, TemplateVersionId.parse(versionId ?? ""));
  if (found.template_id === null)
    throw new InvalidInputError("this version does not belong to a template yet", [
      { field: "template_version_id", detail: "Create a template from it first." },
    ]);
  return { templateId: found.template_id, templateVersionId: found.id };
}
