/** The messages about what a key may not hand on: exactly the excess, in one sentence and by field. */
import { BeyondGrantError, type InvalidField } from "../errors.ts";
import type { GrantExcess } from "../keys/grants.ts";

/** @param subject what would exceed the limits, such as `the new token` */
export function beyondGrant(subject: string, excess: GrantExcess): BeyondGrantError {
  const fields = fieldsOf(excess);
  const parts = fields.map(({ field, detail }) => `${field}: ${detail}`);
  return new BeyondGrantError(`${subject} would go beyond what it may be given: ${parts.join("; ")}`, fields);
}

function fieldsOf({ scopes, allowList, defaults, expiresAt }: GrantExcess): InvalidField[] {
  const brought = defaults.map(({ scope, entry }) => `${entry} (by ${scope})`);
  const written = allowList.filter((entry) => !defaults.some((one) => one.entry === entry));
  const fields: InvalidField[] = [];
  if (scopes.length > 0) fields.push({ field: "scopes", detail: scopes.join(", ") });
  if (allowList.length > 0) fields.push({ field: "allow_list", detail: [...written, ...brought].join(", ") });
  if (expiresAt !== undefined) fields.push({ field: "lifetime", detail: `ends after ${new Date(expiresAt).toISOString()}` });
  return fields;
}
