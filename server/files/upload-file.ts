import { fileObject } from "#authz/object.ts";
import type { Access } from "../access/access.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import type { Tx } from "../database/database.ts";
import { InvalidInputError } from "../errors.ts";
import type { FileId, UserId } from "../ids.ts";
import { checkArchive } from "./archive.ts";
import { getFileFacts, insertFile } from "./rows.ts";

export const TAR = "application/x-tar";

interface Upload {
  readonly createdBy: UserId;
  readonly mimetype: string;
  readonly data: Uint8Array;
}

interface Uploaded {
  readonly id: FileId;
  readonly created: boolean;
}

/**
 * Stores an archive of a template's sources. The same bytes of the same user keep their first id, and `created` is false.
 *
 * @throws InvalidInputError for another type than {@link TAR}, and for an archive that must not be unpacked; ForbiddenError
 */
export async function uploadFile(access: Access, file: Upload): Promise<Uploaded> {
  const { mimetype } = file;
  if (mimetype !== TAR)
    throw new InvalidInputError(`files of type ${JSON.stringify(mimetype.slice(0, 100))} are not accepted: send ${TAR}`);
  await checkArchive(file.data);
  return createFile(access, file);
}

/** The same, for bytes that were checked. */
export const createFile = ruled("files.create", async (context, file: Upload): Promise<Uploaded> => {
  context.guard.requireOpenly("create", fileObject({ createdBy: file.createdBy }));
  return context.write(async (tx) => {
    const made = await insertFile(context, tx, file);
    if (made.created) await auditUpload(context, tx, made.id, file.data.length);
    return made;
  });
});

async function auditUpload(context: Context, tx: Tx, id: FileId, sizeBytes: number): Promise<void> {
  const after = await getFileFacts(tx.db, id);
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
