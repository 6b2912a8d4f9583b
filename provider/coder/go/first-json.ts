/**
 * The first JSON value of a text; what follows it is not looked at.
 *
 * @throws SyntaxError if there is none
 */
export function parseFirstJson(text: string): unknown {
  if (text.trim() === "") throw new SyntaxError("EOF");
  return JSON.parse(text.slice(0, endOfFirstValue(text)));
}

/** Right for JSON; for anything else some end at which JSON.parse finds the fault. */
function endOfFirstValue(text: string): number {
  let depth = 0;
  let inString = false;
  const start = text.search(/\S/);
  for (let at = start; at < text.length; at++) {
    const letter = text[at] ?? "";
    if (inString) {
      if (letter === "\\") at++;
      else if (letter === '"') inString = false;
    } else if (letter === '"') inString = true;
    else if (letter === "[" || letter === "{") depth++;
    else if (letter === "]" || letter === "}") depth--;
    else if (depth > 0 || !/\s/.test(letter)) continue;
    else return at;
    if (depth <= 0 && !inString && /["\]}]/.test(letter)) return at + 1;
  }
  return text.length;
}
