/**
 * The first JSON value of a text; what follows it is not looked at.
 *
 * @throws SyntaxError if there is none. It does not repeat the text, which may be a secret.
 */
export function parseFirstJson(text: string): unknown {
  if (text.trim() === "") throw new SyntaxError("EOF");
  const end = endOfFirstValue(text);
  try {
    return JSON.parse(text.slice(0, end));
  } catch (error) {
    throw new SyntaxError(end === undefined ? "unexpected EOF" : "not valid JSON", { cause: error });
  }
}

/** Right for JSON, for anything else some end at which JSON.parse finds the fault; undefined for a list, object or string without its end. */
function endOfFirstValue(text: string): number | undefined {
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
  return depth > 0 || inString ? undefined : text.length;
}
