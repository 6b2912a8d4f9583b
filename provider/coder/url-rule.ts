import type { Validator } from "../sdk/schema/attribute.ts";
import { validator } from "../sdk/schema/validators.ts";
import { parseGoUrl } from "./go/url.ts";

/** What Go's net/url can read, which is nearly anything: empty texts and relative paths too. Says what is wrong in that library's words. */
export const goUrl: Validator<string> = validator((text) => {
  try {
    parseGoUrl(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
});
