/** Writes MessagePack with every value in its shortest form, like the Go library that Terraform uses. */
export class MsgpackWriter {
  #buffer = Buffer.allocUnsafe(256);
  #at = 0;

  /** The bytes written so far; valid until the next write. */
  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#at);
  }

  nil(): void {
    this.#uint(0xc0, 1);
  }

  bool(value: boolean): void {
    this.#uint(value ? 0xc3 : 0xc2, 1);
  }

  /** @throws RangeError beyond 64 bits (signed) */
  int(value: bigint): void {
    if (value >= 0n) {
      if (value < 0x80n) this.#uint(Number(value), 1);
      else if (value < 0x100n) this.#headed(0xcc, Number(value), 1);
      else if (value < 0x1_0000n) this.#headed(0xcd, Number(value), 2);
      else if (value < 0x1_0000_0000n) this.#headed(0xce, Number(value), 4);
      else {
        this.#uint(0xcf, 1);
        this.#room(8).writeBigUInt64BE(value, this.#at);
        this.#at += 8;
      }
    } else if (value >= -0x20n) this.#uint(Number(value) + 0x100, 1);
    else if (value >= -0x80n) this.#headed(0xd0, Number(value) + 0x100, 1);
    else if (value >= -0x8000n) this.#headed(0xd1, Number(value) + 0x1_0000, 2);
    else if (value >= -0x8000_0000n) this.#headed(0xd2, Number(value) + 0x1_0000_0000, 4);
    else {
      this.#uint(0xd3, 1);
      this.#room(8).writeBigInt64BE(value, this.#at);
      this.#at += 8;
    }
  }

  float(value: number): void {
    this.#uint(0xcb, 1);
    this.#room(8).writeDoubleBE(value, this.#at);
    this.#at += 8;
  }

  str(value: string): void {
    const size = Buffer.byteLength(value);
    if (size < 0x20) this.#uint(0xa0 | size, 1);
    else if (size < 0x100) this.#headed(0xd9, size, 1);
    else if (size < 0x1_0000) this.#headed(0xda, size, 2);
    else this.#headed(0xdb, size, 4);
    this.#at += this.#room(size).write(value, this.#at);
  }

  bin(value: Uint8Array): void {
    if (value.length < 0x100) this.#headed(0xc4, value.length, 1);
    else if (value.length < 0x1_0000) this.#headed(0xc5, value.length, 2);
    else this.#headed(0xc6, value.length, 4);
    this.#raw(value);
  }

  arrayHead(length: number): void {
    if (length < 0x10) this.#uint(0x90 | length, 1);
    else if (length < 0x1_0000) this.#headed(0xdc, length, 2);
    else this.#headed(0xdd, length, 4);
  }

  mapHead(length: number): void {
    if (length < 0x10) this.#uint(0x80 | length, 1);
    else if (length < 0x1_0000) this.#headed(0xde, length, 2);
    else this.#headed(0xdf, length, 4);
  }

  ext(type: number, data: Uint8Array): void {
    const fixed = [1, 2, 4, 8, 16].indexOf(data.length);
    if (fixed >= 0) this.#uint(0xd4 + fixed, 1);
    else if (data.length < 0x100) this.#headed(0xc7, data.length, 1);
    else if (data.length < 0x1_0000) this.#headed(0xc8, data.length, 2);
    else this.#headed(0xc9, data.length, 4);
    this.#uint(type & 0xff, 1);
    this.#raw(data);
  }

  #headed(head: number, value: number, size: number): void {
    this.#uint(head, 1);
    this.#uint(value, size);
  }

  #uint(value: number, size: number): void {
    this.#at = this.#room(size).writeUIntBE(value, this.#at, size);
  }

  #raw(bytes: Uint8Array): void {
    this.#room(bytes.length).set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #room(size: number): Buffer {
    if (this.#at + size > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + size));
      this.#buffer.copy(larger, 0, 0, this.#at);
      this.#buffer = larger;
    }
    return this.#buffer;
  }
}
