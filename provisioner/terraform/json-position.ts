const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:\n]/g;

/**
 * Finds the line of a member in a JSON text. JSON.parse does not say where it found what it returns.
 *
 * @param names of the objects on the way, and of the member itself; lists on the way do not count
 * @returns the line of the member's name, from 1; undefined if the text, which must be valid JSON, has no such member
 */
export function lineOfMember(text: string, names: readonly string[]): number | undefined {
  /** For each open bracket, the name of the member that it is the value of; undefined in a list, whose items have no names. */
  const open: { name: string | undefined; readonly isObject: boolean }[] = [];
  let line = 1;
  let expectsName = false;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "\n") line++;
    else if (token === "{" || token === "[") {
      open.push({ name: undefined, isObject: token === "{" });
      expectsName = token === "{";
    } else if (token === "}" || token === "]") open.pop();
    else if (token === ",") expectsName = open.at(-1)?.isObject === true;
    else if (token !== ":" && expectsName) {
      const top = open.at(-1);
      if (top !== undefined) top.name = JSON.parse(token);
      expectsName = false;
      const here = open.filter(({ isObject }) => isObject).map(({ name }) => name);
      if (here.length === names.length && here.every((name, index) => name === names[index])) return line;
    }
  }
  return undefined;
}
