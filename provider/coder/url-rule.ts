import type { Validator } from "../sdk/schema/attribute.ts";
import { validator } from "../sdk/schema/validators.ts";
import { parseGoUrl } from "./go/url.ts";

/** Accepts what Go's net/url can parse: nearly anything, even empty texts and relative paths. Reports errors in that library's words. */
export const goUrl: Validator<string> = validator((text) => {
  try {
    parseGoUrl(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
});
