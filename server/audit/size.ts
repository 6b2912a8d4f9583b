import { redactSecrets } from "#credentials/secret.ts";

/** The limit for one value among the additional fields, as text or as JSON. */
const MAX_VALUE_LENGTH = 1_024;
/**
 * The limit for one value in a diff. The longest boundary fits: an allow-list entry that was cut off would be an entry that nobody sees.
 */
export const MAX_DIFF_VALUE_LENGTH = 12_288;
/** The limit for all additional fields together, as JSON. */
const MAX_FIELDS_LENGTH = 8_192;

export function boundedText(text: string, maxLength = MAX_VALUE_LENGTH): string {
  const clean = storable(text);
  return clean.length <= maxLength ? clean : `${storable(clean.slice(0, maxLength - 1))}…`;
}

/** PostgreSQL accepts neither NUL nor half of a surrogate pair, and no change may fail because of how a client names itself. */
function storable(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}

/** Returns the value as JSON has it: times as text, long values cut off, our own secrets removed. A value that is cut off becomes text. */
export function boundedValue(value: unknown, maxLength = MAX_VALUE_LENGTH): unknown {
  if (typeof value === "string") return boundedText(redactSecrets(value), maxLength);
  const json = JSON.stringify(value, (_key, part: unknown) => (typeof part === "string" ? storable(redactSecrets(part)) : part));
  if (json === undefined) return null;
  return json.length > maxLength ? boundedText(json, maxLength) : JSON.parse(json);
}

/** Leaves out fields that exceed the total limit, and lists their names. */
export function boundedFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  const dropped: string[] = [];
  let length = 0;
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const bounded = boundedValue(value);
    length += name.length + JSON.stringify(bounded).length;
    if (length > MAX_FIELDS_LENGTH) dropped.push(name);
    else kept[name] = bounded;
  }
  return dropped.length === 0 ? kept : { ...kept, left_out: boundedText(dropped.join(", ")) };
}
