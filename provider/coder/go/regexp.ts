/** A pattern that was compiled. */
export interface GoRegexp {
  /** Whether the pattern matches anywhere in the text. */
  matches(text: string): boolean;
  /**
   * Whether the search could block a server for too long: the time grows with the pattern's size times the text's. Go would search anyway,
   * also for many seconds.
   */
  isTooMuchFor(text: string): boolean;
}

/** A step runs one instruction on one character; 10^8 steps take 6 s in the worst case. Patterns for names have about 50 instructions. */
const MAX_STEPS = 100_000_000;

/**
 * Compiles a Go regular expression (RE2: no look-around, no back-references, time linear in the text) for searching anywhere in a text.
 * The engine is loaded on the first call: few templates need it, and otherwise every start of the provider would pay for it.
 *
 * @throws SyntaxError in Go's words
 */
export async function compileGoRegexp(pattern: string): Promise<GoRegexp> {
  const { RE2JS, RE2JSException } = await import("re2js");
  try {
    const compiled = RE2JS.compile(pattern);
    const size = compiled.programSize();
    return {
      // Does not use matcher().find(), which tracks every group and is ten times slower.
      matches: (text) => compiled.test(text),
      isTooMuchFor: (text) => size * text.length > MAX_STEPS,
    };
  } catch (error) {
    if (error instanceof RE2JSException) throw new SyntaxError(error.message, { cause: error });
    throw error;
  }
}
