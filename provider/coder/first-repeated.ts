import { isUnknown, type UnknownValue } from "../sdk/cty/value.ts";

/** The first repeated name among known names; unknown ones may still turn out to differ. */
export function firstRepeated(names: readonly (string | UnknownValue)[]): string | undefined {
  const seen = new Set<string>();
  for (const name of names) {
    if (isUnknown(name)) continue;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}
