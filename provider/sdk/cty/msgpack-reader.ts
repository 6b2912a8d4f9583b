/** One step of a MessagePack document: a whole scalar, or the head of a collection whose parts follow. */
export type Token =
  | { readonly kind: "nil" }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "int"; readonly value: bigint | number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "str"; readonly value: string }
  | { readonly kind: "bin"; readonly value: Uint8Array }
  | { readonly kind: "array" | "map"; readonly length: number }
  | { readonly kind: "ext"; readonly type: number; readonly data: Uint8Array };

const NIL: Token = { kind: "nil" };
/** The longest text whose length fits in its first byte. */
const MAX_FIXSTR = 31;

/**
 * Reads MessagePack step by step, so that the caller's type decides the meaning of each step. A library that first builds JavaScript
 * objects would refuse keys such as `constructor`, round 64-bit integers and lose the order of keys.
 *
 * @see https://github.com/msgpack/msgpack/blob/master/spec.md
 */
export class MsgpackReader {
  #at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** @throws SyntaxError if the document ends too early or contains a byte that starts no value */
  next(): Token {
    const head = this.#uint(1);
    if (head < 0x80) return { kind: "int", value: head };
    if (head < 0x90) return this.#map(head & 0x0f);
    if (head < 0xa0) return this.#array(head & 0x0f);
    if (head < 0xc0) return this.#str(head & 0x1f);
    if (head >= 0xe0) return { kind: "int", value: head - 0x100 };
    switch (head) {
      case 0xc0:
        return NIL;
      case 0xc2:
      case 0xc3:
        return { kind: "bool", value: head === 0xc3 };
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return { kind: "bin", value: this.#take(this.#uint(1 << (head - 0xc4))) };
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#ext(this.#uint(1 << (head - 0xc7)));
      case 0xca:
        return { kind: "float", value: this.#bytes.readFloatBE(this.#pass(4)) };
      case 0xcb:
        return { kind: "float", value: this.#bytes.readDoubleBE(this.#pass(8)) };
      case 0xcc:
      case 0xcd:
      case 0xce:
        return { kind: "int", value: this.#uint(1 << (head - 0xcc)) };
      case 0xcf:
        return { kind: "int", value: this.#bytes.readBigUInt64BE(this.#pass(8)) };
      case 0xd0:
      case 0xd1:
      case 0xd2: {
        const size = 1 << (head - 0xd0);
        return { kind: "int", value: this.#bytes.readIntBE(this.#pass(size), size) };
      }
      case 0xd3:
        return { kind: "int", value: this.#bytes.readBigInt64BE(this.#pass(8)) };
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#ext(1 << (head - 0xd4));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#str(this.#uint(1 << (head - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#array(this.#uint(head === 0xdc ? 2 : 4));
      case 0xde:
      case 0xdf:
        return this.#map(this.#uint(head === 0xde ? 2 : 4));
      default:
        throw new SyntaxError(`byte 0x${head.toString(16)} starts no MessagePack value`);
    }
  }

  /**
   * Skips a short ASCII text if it comes next. The names of an object's attributes are known in advance, and comparing them takes a
   * fraction of the time needed to decode them.
   *
   * @returns false if something else comes next, which is then not skipped
   */
  skip(text: string): boolean {
    const size = text.length;
    const start = this.#at + 1;
    if (size > MAX_FIXSTR || this.#bytes[this.#at] !== 0xa0 + size || start + size > this.#bytes.length) return false;
    for (let n = 0; n < size; n++) if (this.#bytes[start + n] !== text.charCodeAt(n)) return false;
    this.#at = start + size;
    return true;
  }

  /** Skips the next `size` bytes, and returns where they start. */
  #pass(size: number): number {
    const start = this.#at;
    this.#expect(size);
    this.#at = start + size;
    return start;
  }

  #take(size: number): Buffer {
    const start = this.#pass(size);
    return this.#bytes.subarray(start, start + size);
  }

  #uint(size: number): number {
    const start = this.#pass(size);
    return size === 1 ? (this.#bytes[start] ?? 0) : this.#bytes.readUIntBE(start, size);
  }

  /** Every part of a collection takes at least a byte, so no memory is reserved for a length beyond the rest of the document. */
  #expect(bytes: number): void {
    const missing = bytes - (this.#bytes.length - this.#at);
    if (missing > 0) throw new SyntaxError(`the MessagePack document ends ${missing} bytes too early`);
  }

  #array(length: number): Token {
    this.#expect(length);
    return { kind: "array", length };
  }

  #map(length: number): Token {
    this.#expect(2 * length);
    return { kind: "map", length };
  }

  #str(size: number): Token {
    const start = this.#pass(size);
    return { kind: "str", value: this.#bytes.toString("utf8", start, start + size) };
  }

  #ext(size: number): Token {
    const type = this.#bytes.readInt8(this.#pass(1));
    return { kind: "ext", type, data: this.#take(size) };
  }
}
