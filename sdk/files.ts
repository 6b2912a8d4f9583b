/** Uploaded template archives. */
import { type Static, Type } from "typebox";
import { Uuid } from "./scalars.ts";

export const UploadResponse = Type.Object({
  hash: Uuid,
});
export type UploadResponse = Static<typeof UploadResponse>;
