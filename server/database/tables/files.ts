import type { FileId, UserId } from "../../ids.ts";

/** Archives that people uploaded or the server made. */
export interface FilesTables {
  files: {
    id: FileId;
    /** SHA-256 in hex. */
    hash: string;
    /** Null for what the server itself created, such as module archives. */
    created_by: UserId | null;
    mimetype: string;
    data: Uint8Array;
    created_at: Date;
  };
}
