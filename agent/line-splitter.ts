import { StringDecoder } from "node:string_decoder";

/** Longer lines are cut into pieces, so that output without line ends cannot fill the memory. */
const LONGEST_LINE = 256 * 1024;

/** Bytes in, lines out: without line ends, one trailing CR dropped. What is no UTF-8 becomes U+274C, and so does NUL. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: (line: string) => void;
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(bytes: Buffer): void {
    this.#take(this.#decoder.write(bytes));
  }

  /** Hands out the unfinished last line. */
  end(): void {
    this.#take(this.#decoder.end());
    if (this.#rest !== "") this.#emit(this.#rest);
    this.#rest = "";
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#emit(line.endsWith("\r") ? line.slice(0, -1) : line);
    if (this.#rest.length > LONGEST_LINE) {
      this.#emit(this.#rest);
      this.#rest = "";
    }
  }

  #emit(line: string): void {
    const clean = line.replace(/[\0\ufffd]/g, "\u274c");
    for (let at = 0; at === 0 || at < clean.length; at += LONGEST_LINE) this.#onLine(clean.slice(at, at + LONGEST_LINE));
  }
}
