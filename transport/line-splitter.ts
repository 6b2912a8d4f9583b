import { StringDecoder } from "node:string_decoder";

/** Splits bytes into lines, without line breaks and without one trailing CR. Invalid UTF-8 becomes U+FFFD. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: (line: string) => void;
  readonly #longest: number;
  /** The unfinished line, in pieces: a long one would otherwise be copied with each of them. */
  #rest: string[] = [];
  #restLength = 0;

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
    if (this.#restLength > 0) this.#emit(this.#finish(""));
  }

  #take(text: string): void {
    const [first = "", ...others] = text.split("\n");
    const last = others.pop();
    if (last === undefined) this.#keep(first);
    else {
      for (const line of [this.#finish(first), ...others]) this.#emit(line.endsWith("\r") ? line.slice(0, -1) : line);
      this.#keep(last);
    }
    if (this.#restLength > this.#longest) this.#emit(this.#finish(""));
  }

  #keep(piece: string): void {
    if (piece !== "") this.#rest.push(piece);
    this.#restLength += piece.length;
  }

  #finish(last: string): string {
    const line = this.#rest.join("") + last;
    this.#rest = [];
    this.#restLength = 0;
    return line;
  }

  #emit(line: string): void {
    for (let at = 0; at === 0 || at < line.length; at += this.#longest) this.#onLine(line.slice(at, at + this.#longest));
  }
}
