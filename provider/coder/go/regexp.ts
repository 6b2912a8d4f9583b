/** A pattern that was understood. */
export interface GoRegexp {
  /** Whether it is found anywhere in the text. */
  matches(text: string): boolean;
  /**
   * Whether looking for it could take longer than a server can stand still for: the time grows with the pattern's size times the text's.
   * Go would look, for many seconds too.
   */
  isTooMuchFor(text: string): boolean;
}

/** Steps of an instruction over a character; 10^8 of them take 6 s in the worst case. Patterns for names have some 50 instructions. */
const MAX_STEPS = 100_000_000;

/**
 * A search by a regular expression of Go's (RE2: no look-around, no back-references, time linear in the text), anywhere in a text.
 * The engine is loaded at the first call: few templates need one, and every start of the provider would pay for it.
 *
 * @throws SyntaxError in Go's words
 */
export async function compileGoRegexp(pattern: string): Promise<GoRegexp> {
  const { RE2JS, RE2JSException } = await import("re2js");
  try {
    const compiled = RE2JS.compile(pattern);
    const size = compiled.programSize();
    return {
      // Not matcher().find(), which follows every group and is ten times slower.
      matches: (text) => compiled.test(text),
      isTooMuchFor: (text) => size * text.length > MAX_STEPS,
    };
  } catch (error) {
    if (error instanceof RE2JSException) throw new SyntaxError(error.message, { cause: error });
    throw error;
  }
}
