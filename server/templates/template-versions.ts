import { randomInt } from "node:crypto";
import type { Kysely } from "kysely";
import { type AuthzObject, templateObject } from "#authz/object.ts";
import { actingUser } from "../access/acting-user.ts";
import type { Context } from "../access/context.ts";
import { permittedVersions } from "../access/object-filters.ts";
import { templateObjectOf } from "../access/objects.ts";
import { type AuditEntry, audit } from "../audit/audit.ts";
import type { Database, Tx } from "../database/database.ts";
import { UniqueViolationError } from "../database/failures.ts";
import { holdOrganization } from "../database/locks.ts";
import { notInList, paged } from "../database/paging.ts";
import type { ProvisionerType, Row, Tables } from "../database/tables.ts";
import { NameTakenError, NotFoundError } from "../errors.ts";
import { readableFile } from "../files/files.ts";
import type { FileId, JobId, OrganizationId, TemplateId, TemplateVersionId, UserId } from "../ids.ts";
import { insertJob } from "../provisioning/insert-job.ts";
import type { JobNames } from "../provisioning/job-kind.ts";
import { findJobRows, type Job } from "../provisioning/job-rows.ts";
import { normalizeTags } from "../provisioning/tags.ts";

export type TemplateVersion = Row<"template_versions"> & {
  readonly created_by_username: string;
  readonly created_by_name: string;
  readonly created_by_avatar_url: string;
  readonly job: Job;
};

export type TemplateVersionVariable = Omit<Row<"template_version_variables">, "value"> & {
  /** As stored; the API hides it when `sensitive`. */
  readonly value: string;
};

export type Preset = Row<"template_version_presets"> & {
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
};

export interface NewTemplateVersion {
  readonly organizationId: OrganizationId;
  readonly templateId?: TemplateId;
  readonly fileId: FileId;
  readonly provisioner: ProvisionerType;
  /** Absent: a random one. */
  readonly name?: string;
  readonly message?: string;
  /** Tags of the request; the server adds `scope` and `owner`. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly userVariableValues?: readonly { readonly name: string; readonly value: string }[];
  /** Ignored unless the server itself acts: then in whose name. */
  readonly createdBy?: UserId;
}

export interface TemplateVersions {
  /** Enqueues the import job with it. @throws NameTakenError within the template */
  create(version: NewTemplateVersion): Promise<TemplateVersion>;
  get(id: TemplateVersionId): Promise<TemplateVersion>;
  getByName(templateId: TemplateId, name: string): Promise<TemplateVersion>;
  /** Oldest first. */
  list(
    templateId: TemplateId,
    filter?: {
      readonly limit?: number;
      readonly offset?: number;
      readonly afterId?: TemplateVersionId;
      readonly includeArchived?: boolean;
    },
  ): Promise<readonly TemplateVersion[]>;
  update(id: TemplateVersionId, patch: { readonly name?: string; readonly message?: string }): Promise<TemplateVersion>;
  parameters(id: TemplateVersionId): Promise<readonly Row<"template_version_parameters">[]>;
  variables(id: TemplateVersionId): Promise<readonly TemplateVersionVariable[]>;
  presets(id: TemplateVersionId): Promise<readonly Preset[]>;
}

export function createTemplateVersions(context: Context): TemplateVersions {
  const { db, guard, write, now, newId } = context;

  const readable = async (row: SelectedVersion | undefined): Promise<SelectedVersion> => {
    if (row === undefined) throw new NotFoundError("template version");
    guard.read(objectOf(row), "template version");
    return row;
  };
  /** After one's own write: whoever may make or change it is shown what became of it. */
  const show = async (from: Kysely<Tables>, id: TemplateVersionId): Promise<TemplateVersion> =>
    first(await withJobs(from, await selectVersions(from).where("version.id", "=", id).execute()));
  const readableById = async (id: TemplateVersionId) => readable(await selectVersions(db).where("version.id", "=", id).executeTakeFirst());

  return {
    create: async (version) => {
      const { organizationId, templateId } = version;
      const id = newId<TemplateVersionId>();
      const name = version.name ?? randomName();
      return write(async (tx) => {
        if (templateId === undefined) guard.requireOpenly("create", templateObject({ organizationId }));
        else guard.require("update", await lockTemplate(context, tx, templateId, organizationId), "template");
        await holdOrganization(context, tx, organizationId);
        await readableFile(context, tx.db, version.fileId);
        const createdBy = actingUser(context, version.createdBy);
        const [jobId, at] = [newId<JobId>(), now()];
        await insertJob(context, tx, {
          id: jobId,
          organizationId,
          initiatorId: createdBy,
          type: "template_version_import",
          provisioner: version.provisioner,
          fileId: version.fileId,
          input: { template_version_id: id, template_id: templateId ?? null },
          secretInput: { user_variable_values: version.userVariableValues ?? [] },
          tags: normalizeTags(createdBy, version.tags ?? {}),
        });
        const made = await tx.db
          .insertInto("template_versions")
          .values({
            id,
            template_id: templateId ?? null,
            organization_id: organizationId,
            job_id: jobId,
            name,
            message: version.message ?? "",
            created_by: createdBy,
            external_auth_providers: [],
            created_at: at,
            updated_at: at,
          })
          .returningAll()
          .executeTakeFirstOrThrow()
          .catch(nameTaken(name));
        await audit(context, tx, { ...entryOf(made), action: "create", after: made, actor: { userId: createdBy } });
        return show(tx.db, id);
      });
    },
    get: async (id) => first(await withJobs(db, [await readableById(id)])),
    getByName: async (templateId, name) => {
      const row = await selectVersions(db)
        .where("version.template_id", "=", templateId)
        .where((eb) => eb(eb.fn<string>("lower", ["version.name"]), "=", name.toLowerCase()))
        .executeTakeFirst();
      return first(await withJobs(db, [await readable(row)]));
    },
    list: async (templateId, { limit, offset, afterId, includeArchived = false } = {}) => {
      const listed = selectVersions(db)
        .where("version.template_id", "=", templateId)
        .where(permittedVersions(context, "read"))
        .$if(!includeArchived, (q) => q.where("version.archived", "=", false));
      let rest = paged(listed, { limit, offset });
      if (afterId !== undefined) {
        const after = await listed.where("version.id", "=", afterId).executeTakeFirst();
        if (after === undefined) throw notInList();
        rest = rest.where((eb) => eb(eb.refTuple("version.created_at", "version.id"), ">", eb.tuple(after.created_at, after.id)));
      }
      return withJobs(db, await rest.orderBy("version.created_at").orderBy("version.id").execute());
    },
    update: async (id, { name, message }) => {
      const set = { ...(name !== undefined && { name }), ...(message !== undefined && { message }), updated_at: now() };
      return write(async (tx) => {
        const found = await selectVersions(tx.db).where("version.id", "=", id).executeTakeFirst();
        if (found === undefined) throw new NotFoundError("template version");
        guard.require("update", objectOf(found), "template version");
        const before = await tx.db.selectFrom("template_versions").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
        const after = await tx.db
          .updateTable("template_versions")
          .set(set)
          .where("id", "=", id)
          .returningAll()
          .executeTakeFirstOrThrow()
          .catch(nameTaken(name ?? ""));
        await audit(context, tx, { ...entryOf(before), action: "write", before, after });
        return show(tx.db, id);
      });
    },
    parameters: async (id) => {
      await readableById(id);
      return findParameters(db, id);
    },
    variables: async (id) => {
      await readableById(id);
      return findVariables(context, db, id);
    },
    presets: async (id) => {
      await readableById(id);
      const presets = await db
        .selectFrom("template_version_presets")
        .selectAll()
        .where("template_version_id", "=", id)
        .orderBy("name")
        .execute();
      const ids = presets.map((preset) => preset.id);
      if (ids.length === 0) return [];
      const parameters = await db
        .selectFrom("template_version_preset_parameters")
        .selectAll()
        .where("template_version_preset_id", "in", ids)
        .orderBy("name")
        .execute();
      const byPreset = Map.groupBy(parameters, (parameter) => parameter.template_version_preset_id);
      return presets.map((preset) => ({
        ...preset,
        parameters: (byPreset.get(preset.id) ?? []).map(({ name, value }) => ({ name, value })),
      }));
    },
  };
}

function entryOf({ id, name, organization_id, template_id }: Row<"template_versions">): Omit<AuditEntry, "action"> {
  const additional = template_id === null ? {} : { template_id };
  return { resourceType: "template_version", resourceId: id, target: name, organizationId: organization_id, additional };
}

function selectVersions(db: Kysely<Tables>) {
  return db
    .selectFrom("template_versions as version")
    .innerJoin("users as creator", "creator.id", "version.created_by")
    .leftJoin("templates as template", "template.id", "version.template_id")
    .selectAll("version")
    .select([
      "creator.username as created_by_username",
      "creator.name as created_by_name",
      "creator.avatar_url as created_by_avatar_url",
      "template.user_acl as template_user_acl",
      "template.group_acl as template_group_acl",
      "template.name as template_name",
      "template.display_name as template_display_name",
      "template.icon as template_icon",
    ]);
}

type SelectedVersion = Awaited<ReturnType<ReturnType<typeof selectVersions>["execute"]>>[number];

function objectOf(row: SelectedVersion): AuthzObject<"template"> {
  const { template_id: id, organization_id } = row;
  if (id === null) return templateObject({ organizationId: organization_id });
  return templateObjectOf({ id, organization_id, user_acl: row.template_user_acl ?? {}, group_acl: row.template_group_acl ?? {} });
}

/** Until the transaction ends nobody deletes the template, or changes who may do what with it. */
async function lockTemplate(
  { dialect }: Database,
  tx: Tx,
  id: TemplateId,
  organizationId: OrganizationId,
): Promise<AuthzObject<"template">> {
  const row = await tx.db
    .selectFrom("templates")
    .selectAll()
    .where("id", "=", id)
    .where("organization_id", "=", organizationId)
    .where("deleted", "=", false)
    .$if(dialect === "postgres", (q) => q.forShare())
    .executeTakeFirst();
  if (row === undefined) throw new NotFoundError("template");
  return templateObjectOf(row);
}

/** The names that an import's job has for people. */
export function namesOfVersion(
  row: Pick<SelectedVersion, "name" | "template_id" | "template_name" | "template_display_name" | "template_icon">,
): JobNames {
  return {
    template_version_name: row.name,
    template_id: row.template_id,
    template_name: row.template_name,
    template_display_name: row.template_display_name,
    template_icon: row.template_icon,
    workspace_id: null,
    workspace_name: null,
    workspace_build_transition: null,
  };
}

async function withJobs(db: Kysely<Tables>, rows: readonly SelectedVersion[]): Promise<TemplateVersion[]> {
  const jobs = await findJobRows(
    db,
    rows.map(({ job_id }) => job_id),
  );
  return rows.map((row) => {
    const {
      template_user_acl: _user,
      template_group_acl: _group,
      template_name: _name,
      template_display_name: _displayName,
      template_icon: _icon,
      ...version
    } = row;
    const job = jobs.get(version.job_id);
    if (job === undefined) throw new Error(`template version ${version.id} has no job`);
    return { ...version, job: { ...job, ...namesOfVersion(row) } };
  });
}

/** Without a decision, as the template's author ordered them. */
export function findParameters(db: Kysely<Tables>, id: TemplateVersionId): Promise<Row<"template_version_parameters">[]> {
  return db
    .selectFrom("template_version_parameters")
    .selectAll()
    .where("template_version_id", "=", id)
    .orderBy("display_order")
    .orderBy("name")
    .execute();
}

/** Without a decision. */
export async function findVariables(core: Database, db: Kysely<Tables>, id: TemplateVersionId): Promise<TemplateVersionVariable[]> {
  const rows = await db
    .selectFrom("template_version_variables")
    .selectAll()
    .where("template_version_id", "=", id)
    .orderBy("name")
    .execute();
  return rows.map((row) => ({ ...row, value: core.encryption.open(variablePurpose(id, row.name), row.value).toString("utf8") }));
}

export function variablePurpose(id: TemplateVersionId, name: string): string {
  return `template_version_variables.value:${id}:${name}`;
}

function first<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new NotFoundError("template version");
  return row;
}

function nameTaken(name: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof UniqueViolationError ? new NameTakenError("template version", "name", name, { cause: error }) : error;
  };
}

const ADJECTIVES = [
  "bold",
  "brave",
  "calm",
  "clear",
  "eager",
  "fair",
  "fond",
  "glad",
  "keen",
  "kind",
  "mild",
  "neat",
  "quick",
  "warm",
  "wise",
];
const NOUNS = [
  "badger",
  "crane",
  "falcon",
  "finch",
  "heron",
  "lynx",
  "marten",
  "newt",
  "otter",
  "plover",
  "raven",
  "seal",
  "stoat",
  "swift",
];

/** For a version that its author did not name: `keen_otter4821`. */
function randomName(): string {
  const pick = (words: readonly string[]): string => words[randomInt(words.length)] ?? "";
  return `${pick(ADJECTIVES)}_${pick(NOUNS)}${randomInt(1_000, 10_000)}`;
}
