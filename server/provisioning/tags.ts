export type Tags = Readonly<Record<string, string>>;

/** What a job or a daemon has that nobody tagged. */
export const UNTAGGED: Tags = { scope: "organization", owner: "" };

/**
 * Tags in the form in which they are stored and compared: later sets win, an empty value overrides nothing, and `scope` and `owner` are
 * always there. Only scope `user` has an owner.
 *
 * @param userId whose jobs scope `user` stands for; without one it cannot be had
 */
export function normalizeTags(userId: string | undefined, ...sets: readonly Tags[]): Tags {
  const merged: Record<string, string> = Object.create(null);
  for (const set of sets) for (const [key, value] of Object.entries(set)) if (value !== "" || !(key in merged)) merged[key] = value;
  const isUser = merged.scope === "user" && userId !== undefined;
  return { ...merged, scope: isUser ? "user" : "organization", owner: isUser ? userId : "" };
}

/** An untagged job is for untagged daemons only; any other for every daemon that has all of its tags. */
export function matchTags(job: Tags, daemon: Tags): boolean {
  const isCovered = Object.entries(job).every(([key, value]) => Object.hasOwn(daemon, key) && daemon[key] === value);
  return isCovered && (!isUntagged(job) || isUntagged(daemon));
}

export function isUntagged(tags: Tags): boolean {
  return Object.keys(tags).length === 2 && tags.scope === "organization" && tags.owner === "";
}
