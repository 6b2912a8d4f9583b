import { LineSplitter } from "#transport/line-splitter.ts";

/** A script may write without line ends: longer lines reach the log in pieces. */
const LONGEST_LINE = 256 * 1024;

/** The lines of a script's output as the server's log takes them. What is not UTF-8 becomes U+274C, and so does NUL. */
export function scriptLines(onLine: (line: string) => void): LineSplitter {
  return new LineSplitter((line) => onLine(line.replace(/[\0\ufffd]/g, "\u274c")), { longest: LONGEST_LINE });
}
