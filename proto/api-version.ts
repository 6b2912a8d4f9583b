export type VersionVerdict =
  | { readonly kind: "accepted"; readonly version: string }
  | { readonly kind: "refused"; readonly reason: string };

/**
 * Whether we accept a peer's API level: same major, and a minor not above ours (so servers are upgraded before daemons and agents).
 *
 * @param theirs `major.minor` as announced; undefined stands for the lowest level, `major.0`
 * @param ours `major.minor`
 */
export function acceptVersion(theirs: string | undefined, ours: string): VersionVerdict {
  const own = parse(ours);
  if (own === undefined) throw new Error(`our own version ${ours} is not major.minor`);
  if (theirs === undefined) return { kind: "accepted", version: `${own.major}.0` };
  const peer = parse(theirs);
  const refused = (why: string): VersionVerdict => ({ kind: "refused", reason: `API version ${JSON.stringify(theirs)}: ${why}` });
  if (peer === undefined) return refused("expected two whole numbers joined by a dot");
  if (peer.major < own.major) return refused(`no longer supported, because this server speaks ${ours}`);
  if (peer.major > own.major || peer.minor > own.minor)
    return refused(`newer than this server, which speaks ${ours}; upgrade the server first`);
  return { kind: "accepted", version: theirs };
}

function parse(version: string): { major: number; minor: number } | undefined {
  const match = /^(\d{1,6})\.(\d{1,6})$/.exec(version);
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) };
}
