/** Rows of uploaded files, without decisions. */
import { createHash } from "node:crypto";
import type { Kysely } from "kysely";
import type { Database, Tx } from "../database/database.ts";
import type { Row, Tables } from "../database/tables.ts";
import type { FileId, UserId } from "../ids.ts";

type Db = Kysely<Tables>;

export type StoredFile = Row<"files">;

export interface NewFile {
  /** Null: the server itself keeps it, as it does the modules of an import. */
  readonly createdBy: UserId | null;
  readonly mimetype: string;
  readonly data: Uint8Array;
}

export function getFileRow(db: Db, id: FileId): Promise<StoredFile> {
  return db.selectFrom("files").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

export function findUploader(db: Db, id: FileId): Promise<Pick<StoredFile, "created_by"> | undefined> {
  return db.selectFrom("files").select("created_by").where("id", "=", id).executeTakeFirst();
}

/** A file without its bytes. */
export function getFileFacts(db: Db, id: FileId): Promise<Pick<StoredFile, "id" | "hash" | "mimetype" | "created_by">> {
  return db.selectFrom("files").select(["id", "hash", "mimetype", "created_by"]).where("id", "=", id).executeTakeFirstOrThrow();
}

/** Templates with a version that was built from the file: one row for each such version. */
export function findTemplatesOfFile(
  db: Db,
  id: FileId,
): Promise<Pick<Row<"templates">, "id" | "organization_id" | "user_acl" | "group_acl">[]> {
  return db
    .selectFrom("templates")
    .innerJoin("template_versions", "template_versions.template_id", "templates.id")
    .innerJoin("provisioner_jobs", "provisioner_jobs.id", "template_versions.job_id")
    .select(["templates.id", "templates.organization_id", "templates.user_acl", "templates.group_acl"])
    .where("provisioner_jobs.file_id", "=", id)
    .execute();
}

/** The same bytes of the same user keep their first id, and `created` is false. */
export async function insertFile({ newId, now }: Database, { db }: Tx, file: NewFile): Promise<{ id: FileId; created: boolean }> {
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
