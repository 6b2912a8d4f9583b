export type Tags = Readonly<Record<string, string>>;

/** The tags of a job or daemon to which nobody gave tags. */
export const UNTAGGED: Tags = { scope: "organization", owner: "" };

/**
 * Merges tags into the form in which they are stored and compared: later sets win, an empty value overrides nothing, and `scope` and
 * `owner` are always present. Only scope `user` has an owner.
 *
 * @param userId the owner for scope `user`; without one, the scope is always `organization`
 */
export function normalizeTags(userId: string | undefined, ...sets: readonly Tags[]): Tags {
  const merged: Record<string, string> = Object.create(null);
  for (const set of sets) for (const [key, value] of Object.entries(set)) if (value !== "" || !(key in merged)) merged[key] = value;
  const isUser = merged.scope === "user" && userId !== undefined;
  return { ...merged, scope: isUser ? "user" : "organization", owner: isUser ? userId : "" };
}

/** Tells whether a daemon may take a job. Untagged daemons take untagged jobs; any other job needs a daemon that has all of its tags. */
export function matchTags(job: Tags, daemon: Tags): boolean {
  const isCovered = Object.entries(job).every(([key, value]) => Object.hasOwn(daemon, key) && daemon[key] === value);
  return isCovered && (!isUntagged(job) || isUntagged(daemon));
}

export function isUntagged(tags: Tags): boolean {
  return Object.keys(tags).length === 2 && tags.scope === "organization" && tags.owner === "";
}
