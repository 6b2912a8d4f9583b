import type { Kysely } from "kysely";
import { templateObject } from "#authz/object.ts";
import type { AuditAction } from "#sdk/audit.ts";
import { actingUser } from "../access/acting-user.ts";
import type { Context } from "../access/context.ts";
import { permittedTemplates } from "../access/object-filters.ts";
import { templateObjectOf } from "../access/objects.ts";
import { type AuditEntry, audit } from "../audit/audit.ts";
import type { Tx } from "../database/database.ts";
import { UniqueViolationError } from "../database/failures.ts";
import { holdOrganization } from "../database/locks.ts";
import type { ProvisionerType, Row, RowPatch, Tables } from "../database/tables.ts";
import { InUseError, InvalidInputError, JobNotCompletedError, NameTakenError, NotFoundError } from "../errors.ts";
import type { OrganizationId, TemplateId, TemplateVersionId, UserId } from "../ids.ts";
import { describeJob } from "../provisioning/job-rules.ts";

export type Template = Row<"templates"> & {
  readonly organization_name: string;
  readonly organization_display_name: string;
  readonly organization_icon: string;
  readonly created_by_username: string;
};

export interface NewTemplate {
  readonly organizationId: OrganizationId;
  /** Must have been imported with success, and belong to no template. It becomes the active one. */
  readonly versionId: TemplateVersionId;
  readonly name: string;
  readonly provisioner?: ProvisionerType;
  /** Default false: members of the organization may read and use it. */
  readonly hiddenFromEveryone?: boolean;
  readonly settings?: TemplateSettings;
  /** Ignored unless the server itself acts: then in whose name. */
  readonly createdBy?: UserId;
}

/** Columns that a caller may set; absent ones stay as they are, or get their default. */
export type TemplateSettings = Omit<
  RowPatch<"templates">,
  "id" | "organization_id" | "provisioner" | "active_version_id" | "created_by" | "deleted" | "created_at" | "updated_at"
>;

export interface Templates {
  /** @throws NameTakenError, JobNotCompletedError */
  create(template: NewTemplate): Promise<Template>;
  get(id: TemplateId): Promise<Template>;
  getByName(organizationId: OrganizationId, name: string): Promise<Template>;
  /** By name; without deleted ones. */
  list(filter?: { readonly organizationId?: OrganizationId; readonly exactName?: string }): Promise<readonly Template[]>;
  update(id: TemplateId, settings: TemplateSettings): Promise<Template>;
  /** The version must be the template's own, imported with success, and not archived. */
  setActiveVersion(id: TemplateId, versionId: TemplateVersionId): Promise<void>;
  /** @throws InUseError while workspaces use it */
  delete(id: TemplateId): Promise<void>;
}

export function createTemplates(context: Context): Templates {
  const { db, dialect, guard, write, now, newId } = context;
  const readable = (row: Template | undefined): Template => {
    if (row === undefined || row.deleted) throw new NotFoundError("template");
    guard.read(templateObjectOf(row), "template");
    return row;
  };
  const change = (id: TemplateId, action: "update" | "delete", work: (tx: Tx, template: Template) => Promise<void>): Promise<Template> =>
    write(async (tx) => {
      const template = await selectTemplates(tx.db)
        .where("template.id", "=", id)
        .$if(dialect === "postgres", (q) => q.forUpdate("template"))
        .executeTakeFirst();
      if (template === undefined || template.deleted) throw new NotFoundError("template");
      guard.require(action, templateObjectOf(template), "template");
      await work(tx, template);
      const changed = await selectTemplates(tx.db).where("template.id", "=", id).executeTakeFirstOrThrow();
      const states = action === "delete" ? { before: template } : { before: template, after: changed };
      await audit(context, tx, { ...entryOf(template, action === "delete" ? "delete" : "write"), ...states });
      return changed;
    });

  return {
    create: async (template) => {
      const { organizationId, versionId, name } = template;
      guard.requireOpenly("create", templateObject({ organizationId }));
      return write(async (tx) => {
        await holdOrganization(context, tx, organizationId);
        await requireFreeVersion(context, tx.db, { organizationId, versionId });
        const [id, at] = [newId<TemplateId>(), now()];
        await tx.db
          .insertInto("templates")
          .values({
            ...template.settings,
            user_acl: template.settings?.user_acl ?? {},
            group_acl: template.settings?.group_acl ?? (template.hiddenFromEveryone ? {} : { [organizationId]: ["read", "use"] }),
            id,
            organization_id: organizationId,
            name,
            provisioner: template.provisioner ?? "terraform",
            active_version_id: versionId,
            created_by: actingUser(context, template.createdBy),
            created_at: at,
            updated_at: at,
          })
          .execute()
          .catch(nameTaken(name));
        const taken = await tx.db
          .updateTable("template_versions")
          .set({ template_id: id, updated_at: at })
          .where("id", "=", versionId)
          .where("template_id", "is", null)
          .returning("id")
          .executeTakeFirst();
        if (taken === undefined) throw alreadyTaken();
        const made = await selectTemplates(tx.db).where("template.id", "=", id).executeTakeFirstOrThrow();
        await audit(context, tx, { ...entryOf(made, "create"), after: made, actor: { userId: made.created_by } });
        return made;
      });
    },
    get: async (id) => readable(await selectTemplates(db).where("template.id", "=", id).executeTakeFirst()),
    getByName: async (organizationId, name) =>
      readable(
        await selectTemplates(db)
          .where("template.organization_id", "=", organizationId)
          .where("template.deleted", "=", false)
          .where((eb) => eb(eb.fn<string>("lower", ["template.name"]), "=", name.toLowerCase()))
          .executeTakeFirst(),
      ),
    list: async ({ organizationId, exactName } = {}) =>
      selectTemplates(db)
        .where("template.deleted", "=", false)
        .where(permittedTemplates(context, "read"))
        .where((eb) =>
          eb.and([
            ...(organizationId === undefined ? [] : [eb("template.organization_id", "=", organizationId)]),
            ...(exactName === undefined ? [] : [eb(eb.fn<string>("lower", ["template.name"]), "=", exactName.toLowerCase())]),
          ]),
        )
        .orderBy("template.name")
        .execute(),
    update: (id, settings) =>
      change(id, "update", async (tx) => {
        const set = { ...settings, updated_at: now() };
        await tx.db
          .updateTable("templates")
          .set(set)
          .where("id", "=", id)
          .execute()
          .catch(nameTaken(settings.name ?? ""));
      }),
    setActiveVersion: async (id, versionId) => {
      await change(id, "update", async (tx) => {
        const version = await importedVersionOf(context, tx.db, id, versionId);
        if (version.archived) throw new InvalidInputError("The template version is archived.");
        await tx.db.updateTable("templates").set({ active_version_id: versionId, updated_at: now() }).where("id", "=", id).execute();
      });
    },
    delete: async (id) => {
      await change(id, "delete", async (tx) => {
        const used = await tx.db
          .selectFrom("workspaces")
          .select("id")
          .where("template_id", "=", id)
          .where("deleted", "=", false)
          .executeTakeFirst();
        if (used !== undefined) throw new InUseError("All workspaces must be deleted before a template can be removed.");
        await tx.db.updateTable("templates").set({ deleted: true, updated_at: now() }).where("id", "=", id).execute();
      });
    },
  };
}

function entryOf(template: Template, action: AuditAction): AuditEntry {
  const { id, name, icon, organization_id: organizationId } = template;
  return { action, resourceType: "template", resourceId: id, target: name, icon, organizationId };
}

function selectTemplates(db: Kysely<Tables>) {
  return db
    .selectFrom("templates as template")
    .innerJoin("organizations as organization", "organization.id", "template.organization_id")
    .innerJoin("users as creator", "creator.id", "template.created_by")
    .selectAll("template")
    .select([
      "organization.name as organization_name",
      "organization.display_name as organization_display_name",
      "organization.icon as organization_icon",
      "creator.username as created_by_username",
    ]);
}

/**
 * Whoever may make templates in an organization may use any version there that has none yet.
 *
 * @throws NotFoundError also for a version of a template that may not be read; InvalidInputError for one of any other template,
 *   JobNotCompletedError unless its import succeeded
 */
async function requireFreeVersion(
  { guard }: Pick<Context, "guard">,
  db: Kysely<Tables>,
  { organizationId, versionId }: { readonly organizationId: OrganizationId; readonly versionId: TemplateVersionId },
): Promise<void> {
  const version = await db.selectFrom("template_versions").selectAll().where("id", "=", versionId).executeTakeFirst();
  if (version === undefined || version.organization_id !== organizationId) throw new NotFoundError("template version");
  if (version.template_id !== null) {
    const other = await db.selectFrom("templates").selectAll().where("id", "=", version.template_id).executeTakeFirstOrThrow();
    guard.read(templateObjectOf(other), "template version");
    throw alreadyTaken();
  }
  await requireImported(db, version);
}

/**
 * A version of this template, about which the caller has decided. Whose template one may not read is as good as not there.
 *
 * @throws InvalidInputError for one of another template, JobNotCompletedError unless its import succeeded
 */
export async function importedVersionOf(
  { guard }: Pick<Context, "guard">,
  db: Kysely<Tables>,
  templateId: TemplateId,
  id: TemplateVersionId,
): Promise<Row<"template_versions">> {
  const version = await db.selectFrom("template_versions").selectAll().where("id", "=", id).executeTakeFirst();
  if (version === undefined) throw new NotFoundError("template version");
  if (version.template_id !== templateId) {
    const { template_id: otherId, organization_id: organizationId } = version;
    const other =
      otherId === null ? undefined : await db.selectFrom("templates").selectAll().where("id", "=", otherId).executeTakeFirstOrThrow();
    guard.read(other === undefined ? templateObject({ organizationId }) : templateObjectOf(other), "template version");
    throw new InvalidInputError("The template version belongs to another template.", [
      { field: "template_version_id", detail: "not a version of this template" },
    ]);
  }
  await requireImported(db, version);
  return version;
}

async function requireImported(db: Kysely<Tables>, version: Row<"template_versions">): Promise<void> {
  const job = await db
    .selectFrom("provisioner_jobs")
    .select(["job_status", "error"])
    .where("id", "=", version.job_id)
    .executeTakeFirstOrThrow();
  if (job.job_status !== "succeeded")
    throw new JobNotCompletedError(`the import of template version ${version.name} has not succeeded: ${describeJob(job)}`);
}

function alreadyTaken(): InvalidInputError {
  return new InvalidInputError("The template version already belongs to a template.", [
    { field: "template_version_id", detail: "belongs to a template" },
  ]);
}

function nameTaken(name: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof UniqueViolationError ? new NameTakenError("template", "name", name, { cause: error }) : error;
  };
}
