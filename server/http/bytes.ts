import type { Readable } from "node:stream";
import { Type } from "typebox";

/** An answer that is no JSON: a file. Its route says the content type in `produces`. */
export const Bytes = Type.Unsafe<Buffer | Readable>(Type.String({ format: "binary" }));
