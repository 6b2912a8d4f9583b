/** A log should not hold more different complaints than this; when the limit is reached, the memory is cleared. */
const COMPLAINTS_REMEMBERED = 1_000;

/** Reports each complaint once, because a refused key may be shown a thousand times a second. */
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
