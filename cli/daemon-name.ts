/**
 * Derives a daemon's name from the hostname: its first label, reduced to what the server accepts (1 to 64 letters, digits and inner
 * hyphens).
 *
 * @param suffix appended after a hyphen, for a machine that runs several daemons
 */
export function daemonName(hostname: string, suffix?: string): string {
  const ending = suffix === undefined ? "" : `-${suffix}`;
  const label = (hostname.split(".")[0] ?? "").replace(/[^a-zA-Z0-9]+/g, "-").slice(0, 64 - ending.length);
  return `${label.replace(/^-+|-+$/g, "") || "provisioner"}${ending}`;
}
