import type { Readable } from "node:stream";
import { Type } from "typebox";

/** An answer that is not JSON but a file. Its route states the content type in `produces`. */
export const Bytes = Type.Unsafe<Buffer | Readable>(Type.String({ format: "binary" }));
