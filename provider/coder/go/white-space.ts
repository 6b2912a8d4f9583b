/** What Unicode calls white space. JavaScript's `\s` has the byte order mark besides, and lacks U+0085. */
const SPACES = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** The parts of a text between white space, as Go's `strings.Fields` finds them. */
export function goFields(text: string): string[] {
  return text.split(SPACES).filter((field) => field !== "");
}

/** The text without the white space at its ends, as Go's `strings.TrimSpace` leaves it. */
export function goTrim(text: string): string {
  let [start, end] = [0, text.length];
  while (SPACES.test(text[start] ?? "")) start++;
  while (end > start && SPACES.test(text[end - 1] ?? "")) end--;
  return text.slice(start, end);
}
