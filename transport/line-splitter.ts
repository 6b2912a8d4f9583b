import { StringDecoder } from "node:string_decoder";

/** Splits bytes into lines, without line breaks and without one trailing CR. Invalid UTF-8 becomes U+FFFD. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: (line: string) => void;
  readonly #longest: number;
  #rest = "";

  /**
   * @param options.longest cuts longer lines into pieces of this many characters, so that output without line breaks cannot fill the
   *   memory. Default: no limit
   */
  constructor(onLine: (line: string) => void, { longest = Number.POSITIVE_INFINITY }: { readonly longest?: number } = {}) {
    this.#onLine = onLine;
    this.#longest = longest;
  }

  write(bytes: Buffer): void {
    this.#take(this.#decoder.write(bytes));
  }

  /** Emits the unfinished last line. */
  end(): void {
    this.#take(this.#decoder.end());
    if (this.#rest !== "") this.#emit(this.#rest);
    this.#rest = "";
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#emit(line.endsWith("\r") ? line.slice(0, -1) : line);
    if (this.#rest.length > this.#longest) {
      this.#emit(this.#rest);
      this.#rest = "";
    }
  }

  #emit(line: string): void {
    for (let at = 0; at === 0 || at < line.length; at += this.#longest) this.#onLine(line.slice(at, at + this.#longest));
  }
}
