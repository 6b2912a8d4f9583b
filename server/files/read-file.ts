import { fileObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { templateObjectOf } from "../access/objects.ts";
import { ruled } from "../access/ruled.ts";
import { NotFoundError } from "../errors.ts";
import type { FileId } from "../ids.ts";
import { findTemplatesOfFile, findUploader, getFileRow, type StoredFile } from "./rows.ts";

/** Returns a file to whoever may read it, such as its uploader, and to whoever may update a template that was built from it. */
export const getFile = ruled("files.get", async (context, id: FileId): Promise<StoredFile> => {
  await requireReadableFile(context, context.db, id);
  return getFileRow(context.db, id);
});

/** @throws NotFoundError unless the file exists and may be read */
export async function requireReadableFile({ guard }: Pick<Context, "guard">, db: Context["db"], id: FileId): Promise<void> {
  const file = await findUploader(db, id);
  if (file === undefined) throw new NotFoundError("file");
  const templates = async () => (await findTemplatesOfFile(db, id)).map(templateObjectOf);
  await guard.readOr(fileObject({ id, createdBy: file.created_by ?? "" }), { action: "update", on: templates }, "file");
}
