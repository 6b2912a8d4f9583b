/**
 * Removes from a state what must not be stored: credentials that the `coder` provider fills in anew at each plan. They are overwritten in place
 * with the same number of bytes, so a state of any size passes piece by piece, and its size stays what was announced. Scrubbing twice is the
 * same as once.
 *
 * What a template copies into outputs or into attributes of other resources is part of these, and stays: nobody could find it all there.
 */
import { PIECE_BYTES } from "./limits.ts";

/**
 * The attributes by type. Provider versions before 2 had those of `coder_workspace` and `coder_git_auth`. Terraform reads data sources before
 * it uses them, and the provider gives an agent a new token when it refreshes it, so no plan misses the old values.
 */
export const FILLED_ANEW: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["coder_agent", new Set(["token"])],
  ["coder_workspace_owner", new Set(["session_token", "ssh_private_key", "oidc_access_token"])],
  ["coder_workspace", new Set(["owner_session_token", "owner_oidc_access_token"])],
  ["coder_external_auth", new Set(["access_token"])],
  ["coder_git_auth", new Set(["access_token"])],
  ["coder_secret", new Set(["value"])],
]);

/** For an instance that comes before its resource's type, which Terraform never writes. */
const OF_ANY_TYPE: ReadonlySet<string> = new Set([...FILLED_ANEW.values()].flatMap((names) => [...names]));

/** Longer than any name that we look for. */
const MAX_NAME_BYTES = 64;

const [QUOTE, BACKSLASH, COMMA, COLON, SPACE] = [0x22, 0x5c, 0x2c, 0x3a, 0x20];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** The places on the way to an attribute, by how many brackets are open there. */
const [TOP, RESOURCES, RESOURCE, INSTANCES, INSTANCE, ATTRIBUTES] = [1, 2, 3, 4, 5, 6];

/** Overwrites a state piece by piece. What is not JSON passes, because nothing can be found in it. */
export class StateScrubber {
  #depth = 0;
  /** How far we are on the way to an attribute. Less than the depth inside everything else. */
  #place = 0;
  #isKey = false;
  #key = "";
  #isOutOfOrder = false;
  /** Whether the resource's instances have begun. */
  #hasInstances = false;
  /** The type of the resource; undefined before it was read. */
  #type: string | undefined;
  #inString = false;
  #isEscaped = false;
  /** The bytes of a name that is being read. */
  #name: number[] | undefined;
  /** What overwrites the next byte of the value at hand; undefined outside of such a value. */
  #cover: number | undefined;
  /** The depth at which that value ends. */
  #coverEnd = 0;

  /**
   * Whether the instances of a resource came before its type, or before another one, as in no file that Terraform writes. Without a type before
   * them, attributes of any type were scrubbed that are called like a credential.
   */
  get isOutOfOrder(): boolean {
    return this.#isOutOfOrder;
  }

  /** @param bytes the next ones, which are changed. @returns whether any was */
  scrub(bytes: Uint8Array): boolean {
    let isChanged = false;
    for (let i = 0; i < bytes.length; ) {
      const from = i;
      const isCovered = this.#cover !== undefined;
      i = this.#inString ? this.#readString(bytes, i) : this.#readByte(bytes, i);
      if (!isCovered) continue;
      if (this.#overwrite(bytes, from, i)) isChanged = true;
      if (!this.#inString && this.#depth <= this.#coverEnd) this.#cover = undefined;
    }
    return isChanged;
  }

  /** @returns the index of the first byte after what was read */
  #readString(bytes: Uint8Array, from: number): number {
    const name = this.#name;
    for (let i = from; i < bytes.length; i++) {
      const byte = bytes[i] ?? 0;
      if (name !== undefined && name.length < MAX_NAME_BYTES) name.push(byte);
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) {
        this.#inString = false;
        if (name !== undefined) this.#endName(name);
        return i + 1;
      }
    }
    return bytes.length;
  }

  #readByte(bytes: Uint8Array, i: number): number {
    const byte = bytes[i] ?? 0;
    switch (byte) {
      case QUOTE:
        this.#inString = true;
        if (this.#depth === this.#place) this.#beginString();
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        if (this.#depth === this.#place) this.#enter(bytes, i, byte);
        this.#depth++;
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        this.#depth = Math.max(0, this.#depth - 1);
        this.#place = Math.min(this.#place, this.#depth);
        break;
      case COMMA:
        if (this.#depth === this.#place) this.#isKey = true;
        break;
      case COLON:
        if (this.#depth === this.#place) this.#isKey = false;
        break;
    }
    return i + 1;
  }

  #beginString(): void {
    const isNamed = this.#place !== RESOURCES && this.#place !== INSTANCES;
    if (isNamed && (this.#isKey || (this.#place === RESOURCE && this.#key === "type"))) this.#name = [QUOTE];
    else if (this.#isCredential()) this.#coverFrom(QUOTE);
  }

  #endName(bytes: readonly number[]): void {
    this.#name = undefined;
    const name = textOf(bytes);
    // Terraform takes a key of its own in any letter case; those of attributes are the provider's, and exact.
    if (this.#isKey) this.#key = this.#place === ATTRIBUTES ? name : foldCase(name);
    else {
      this.#type = name;
      // Of a name that comes twice, Terraform takes the last value.
      if (this.#hasInstances) this.#isOutOfOrder = true;
    }
  }

  #enter(bytes: Uint8Array, i: number, byte: number): void {
    const isObject = byte === OPEN_OBJECT;
    switch (this.#place) {
      case TOP:
        if (isObject || this.#key !== "resources") return;
        break;
      case RESOURCE:
        if (isObject || this.#key !== "instances") return;
        this.#hasInstances = true;
        if (this.#type === undefined) this.#isOutOfOrder = true;
        break;
      case INSTANCE:
        if (!isObject || (this.#key !== "attributes" && this.#key !== "attributes_flat")) return;
        break;
      case ATTRIBUTES:
        if (this.#isCredential()) this.#coverFrom(QUOTE, { bytes, i, first: QUOTE });
        return;
      default:
        if (!isObject) return;
        if (this.#place === RESOURCES) {
          this.#type = undefined;
          this.#hasInstances = false;
        }
    }
    this.#place++;
    this.#isKey = isObject;
    this.#key = "";
  }

  #isCredential(): boolean {
    if (this.#place !== ATTRIBUTES || this.#isKey) return false;
    const names = this.#type === undefined ? OF_ANY_TYPE : FILLED_ANEW.get(this.#type);
    return names?.has(this.#key) ?? false;
  }

  /** @param next what the next byte becomes. @param at where a list or an object begins, and what that byte becomes */
  #coverFrom(next: number, at?: { readonly bytes: Uint8Array; readonly i: number; readonly first: number }): void {
    if (at !== undefined) at.bytes[at.i] = at.first;
    this.#cover = next;
    this.#coverEnd = this.#depth;
  }

  #overwrite(bytes: Uint8Array, from: number, to: number): boolean {
    let isChanged = false;
    for (let i = from; i < to; i++) {
      const byte = this.#cover ?? SPACE;
      this.#cover = SPACE;
      if (bytes[i] === byte) continue;
      bytes[i] = byte;
      isChanged = true;
    }
    return isChanged;
  }
}

/** Returns a copy of a state without what must not be stored, and lets other work run between its pieces. */
export async function scrubState(state: Uint8Array): Promise<Uint8Array> {
  const scrubber = new StateScrubber();
  const scrubbed = Uint8Array.from(state);
  for (let at = 0; at < scrubbed.length; at += PIECE_BYTES) {
    if (at > 0) await new Promise((resolve) => setImmediate(resolve));
    scrubber.scrub(scrubbed.subarray(at, at + PIECE_BYTES));
  }
  return scrubbed;
}

/** As Go compares the keys of JSON objects with the names of fields: without letter case, also for the long s and the Kelvin sign. */
function foldCase(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

/** @param bytes of a string of JSON, which may have been cut off: then it is none of the names that we look for */
function textOf(bytes: readonly number[]): string {
  const text = Buffer.from(bytes).toString("utf8");
  if (!text.includes("\\")) return text.slice(1, -1);
  try {
    return String(JSON.parse(text));
  } catch {
    return "";
  }
}
