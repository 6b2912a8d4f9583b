import type { FileId, UserId } from "../ids.ts";
import type { Row } from "./tables.ts";

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
