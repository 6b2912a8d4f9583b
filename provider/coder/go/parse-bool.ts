const BOOLS: ReadonlySet<string> = new Set(["1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"]);

/** Whether Go's `strconv.ParseBool` accepts the text. */
export function isGoBool(text: string): boolean {
  return BOOLS.has(text);
}
