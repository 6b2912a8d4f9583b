/**
 * The first JSON value in a text; what follows it is ignored.
 *
 * @throws SyntaxError if there is none. The message does not repeat the text, which may be a secret.
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

/** Where the value ends, if it is JSON; otherwise an end at which JSON.parse finds the error. Undefined if a list, object or string is open. */
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
