/**
 * A search by a regular expression of Go's (RE2: no look-around, no back-references, time linear in the text), anywhere in a text.
 * The engine is loaded at the first call: few templates need one, and every start of the provider would pay for it.
 *
 * @throws SyntaxError in Go's words
 */
export async function compileGoRegexp(pattern: string): Promise<(text: string) => boolean> {
  const { RE2JS, RE2JSException } = await import("re2js");
  try {
    const compiled = RE2JS.compile(pattern);
    return (text) => compiled.matcher(text).find();
  } catch (error) {
    if (error instanceof RE2JSException) throw new SyntaxError(error.message, { cause: error });
    throw error;
  }
}
