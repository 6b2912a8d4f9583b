import type { AuditDiff, AuditDiffField, AuditResourceType } from "#sdk/audit.ts";
import { boundedValue, MAX_DIFF_VALUE_LENGTH } from "./size.ts";
import { TRACKED_FIELDS } from "./tracked-fields.ts";

/**
 * Returns what changed in a row's tracked columns. Compared with nothing (the row is new, or was deleted), every column that is not empty
 * counts as changed. A column that one of the two states does not have is not compared, because it was not loaded.
 */
export function diffOf(type: AuditResourceType, before: object | undefined, after: object | undefined): AuditDiff {
  const [old, current] = [new Map(Object.entries(before ?? {})), new Map(Object.entries(after ?? {}))];
  const diff: AuditDiff = {};
  for (const [name, fieldClass] of Object.entries(TRACKED_FIELDS[type].fields)) {
    if (fieldClass === "ignored") continue;
    const [was, is] = [old.get(name), current.get(name)];
    const isChanged =
      before !== undefined && after !== undefined
        ? was !== undefined && is !== undefined && canonical(was) !== canonical(is)
        : !isEmpty(was ?? is);
    if (isChanged) diff[name] = fieldClass === "secret" ? { old: "", new: "", secret: true } : shown(was, is);
  }
  return diff;
}

function shown(was: unknown, is: unknown): AuditDiffField {
  const bounded = (value: unknown): unknown => boundedValue(value, MAX_DIFF_VALUE_LENGTH);
  return { ...(was !== undefined && { old: bounded(was) }), ...(is !== undefined && { new: bounded(is) }), secret: false };
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === false || value === 0) return true;
  return typeof value === "object" && !(value instanceof Date) && Object.keys(value).length === 0;
}

/** Gives equal text for values that mean the same: PostgreSQL sorts the keys of JSON, SQLite does not. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  );
}
