import { createHash } from "node:crypto";
import type { Kysely } from "kysely";
import { fileObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { templateObjectOf } from "../access/objects.ts";
import { audit } from "../audit/audit.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Row, Tables } from "../database/tables.ts";
import { NotFoundError } from "../errors.ts";
import type { FileId, UserId } from "../ids.ts";

export type StoredFile = Row<"files">;

export interface Files {
  /** The same bytes of the same user keep their first id, and `created` is false. */
  create(file: {
    readonly createdBy: UserId;
    readonly mimetype: string;
    readonly data: Uint8Array;
  }): Promise<{ readonly id: FileId; readonly created: boolean }>;
  /** For its uploader, and for who may read a template that was built from it. */
  get(id: FileId): Promise<StoredFile>;
}

export function createFiles(context: Context): Files {
  const { db, guard, write } = context;
  return {
    create: async (file) => {
      guard.requireOpenly("create", fileObject({ createdBy: file.createdBy }));
      return write(async (tx) => {
        const made = await insertFile(context, tx, file);
        if (made.created) await auditUpload(context, tx, made.id, file.data.length);
        return made;
      });
    },
    get: async (id) => {
      await readableFile(context, db, id);
      return db.selectFrom("files").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
    },
  };
}

/** @throws NotFoundError unless it is there and may be read */
export async function readableFile({ guard }: Pick<Context, "guard">, db: Kysely<Tables>, id: FileId): Promise<void> {
  const file = await db.selectFrom("files").select("created_by").where("id", "=", id).executeTakeFirst();
  if (file === undefined) throw new NotFoundError("file");
  const templates = () =>
    db
      .selectFrom("templates")
      .innerJoin("template_versions", "template_versions.template_id", "templates.id")
      .innerJoin("provisioner_jobs", "provisioner_jobs.id", "template_versions.job_id")
      .select(["templates.id", "templates.organization_id", "templates.user_acl", "templates.group_acl"])
      .where("provisioner_jobs.file_id", "=", id)
      .execute();
  await guard.readAny(fileObject({ id, createdBy: file.created_by ?? "" }), async () => (await templates()).map(templateObjectOf), "file");
}

async function auditUpload(context: Context, tx: Tx, id: FileId, sizeBytes: number): Promise<void> {
  const after = await tx.db
    .selectFrom("files")
    .select(["id", "hash", "mimetype", "created_by"])
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  await audit(context, tx, {
    action: "create",
    resourceType: "file",
    resourceId: id,
    target: after.hash,
    after,
    additional: { size_bytes: sizeBytes },
    actor: { userId: after.created_by },
  });
}

/** Without a decision. */
export async function insertFile(
  { newId, now }: Database,
  { db }: Tx,
  file: { readonly createdBy: UserId | null; readonly mimetype: string; readonly data: Uint8Array },
): Promise<{ id: FileId; created: boolean }> {
  const hash = createHash("sha256").update(file.data).digest("hex");
  const made = await db
    .insertInto("files")
    .values({ id: newId<FileId>(), hash, created_by: file.createdBy, mimetype: file.mimetype, data: file.data, created_at: now() })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  if (made !== undefined) return { id: made.id, created: true };
  const first = await db
    .selectFrom("files")
    .select("id")
    .where("hash", "=", hash)
    .where("created_by", file.createdBy === null ? "is" : "=", file.createdBy)
    .executeTakeFirstOrThrow();
  return { id: first.id, created: false };
}
