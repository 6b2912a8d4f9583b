/** Unicode white space. JavaScript's `\s` also has the byte order mark, and lacks U+0085. */
const SPACES = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** Splits a text at white space, like Go's `strings.Fields`. */
export function goFields(text: string): string[] {
  return text.split(SPACES).filter((field) => field !== "");
}

/** Removes white space from both ends, like Go's `strings.TrimSpace`. */
export function goTrim(text: string): string {
  let [start, end] = [0, text.length];
  while (SPACES.test(text[start] ?? "")) start++;
  while (end > start && SPACES.test(text[end - 1] ?? "")) end--;
  return text.slice(start, end);
}
