import { ConversionError } from "./attributes.ts";

const LABEL = /^[a-z0-9](-?[a-z0-9])*$/;
/** Maximum length of a DNS label. */
const MAX_LENGTH = 63;

/**
 * Checks an agent's name, which becomes part of hostnames. Agent names must be unique in a template, ignoring case.
 *
 * @param seen previous names in lower case, with the address of their owner; the name is added
 */
export function checkAgentName(name: string, address: string, seen: Map<string, string>): void {
  if (name === "") throw new ConversionError(`${address}: agent name must not be empty`);
  const lower = name.toLowerCase();
  if (!LABEL.test(lower) || name.length > MAX_LENGTH) {
    const hint = name.includes("_") ? "; underscores are not allowed" : "";
    throw new ConversionError(
      `${address}: agent name ${JSON.stringify(name)} is not a valid hostname: use up to ${MAX_LENGTH} letters and digits, with single hyphens between them${hint}`,
    );
  }
  const other = seen.get(lower);
  if (other !== undefined) {
    throw new ConversionError(
      `agent name ${JSON.stringify(name)} is used twice, by ${other} and ${address}: agent names must be unique in a template`,
    );
  }
  seen.set(lower, address);
}

/** Checks an app's slug, which becomes part of hostnames. Slugs must be unique in a template. */
export function checkAppSlug(slug: string, address: string, seen: Map<string, string>): void {
  if (!LABEL.test(slug)) {
    throw new ConversionError(
      `${address}: app slug ${JSON.stringify(slug)} is not valid: use lowercase letters and digits, with single hyphens between them`,
    );
  }
  const other = seen.get(slug);
  if (other !== undefined) {
    throw new ConversionError(
      `app slug ${JSON.stringify(slug)} is used twice, by ${other} and ${address}: app slugs must be unique in a template`,
    );
  }
  seen.set(slug, address);
}
