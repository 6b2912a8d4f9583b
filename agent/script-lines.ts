import { LineSplitter } from "#transport/line-splitter.ts";

/** A script may write without line breaks: longer lines reach the log in pieces. */
const LONGEST_LINE = 256 * 1024;

/** Splits a script's output into lines that the server's log accepts. Invalid UTF-8 and NUL become U+274C. */
export function scriptLines(onLine: (line: string) => void): LineSplitter {
  return new LineSplitter((line) => onLine(line.replace(/[\0\ufffd]/g, "\u274c")), { longest: LONGEST_LINE });
}
