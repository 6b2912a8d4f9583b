/**
 * A daemon's name from a machine's: its first label, cut down to what the server takes (1 to 64 letters, digits and inner hyphens).
 *
 * @param suffix told apart by a hyphen, when one machine runs several
 */
export function daemonName(hostname: string, suffix?: string): string {
  const ending = suffix === undefined ? "" : `-${suffix}`;
  const label = (hostname.split(".")[0] ?? "").replace(/[^a-zA-Z0-9]+/g, "-").slice(0, 64 - ending.length);
  return `${label.replace(/^-+|-+$/g, "") || "provisioner"}${ending}`;
}
