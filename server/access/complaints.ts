/** More different complaints than a log should hold: past them it begins anew. */
const COMPLAINTS_REMEMBERED = 1_000;

/** Tells each complaint once: a key that is refused may be shown a thousand times a second. */
export function tellOnce<T extends object>(tell: (complaint: T) => void): (complaint: T) => void {
  const told = new Set<string>();
  return (complaint) => {
    const text = JSON.stringify(complaint);
    if (told.has(text)) return;
    if (told.size >= COMPLAINTS_REMEMBERED) told.clear();
    told.add(text);
    tell(complaint);
  };
}
