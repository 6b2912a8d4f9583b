import { isJsonObject, type JsonObject, member } from "./json.ts";

/** A value in a state or plan that does not have the type that its resource type specifies, or that breaks a rule for templates. */
export class ConversionError extends Error {
  override readonly name = "ConversionError";
}

const INT32_MAX = 2_147_483_647;

/**
 * Reads one resource's attributes. Absent, null and (in a plan) unknown values read as the empty value of the requested type; a value of
 * another type is a {@link ConversionError} that names the attribute.
 */
export class Attributes {
  readonly #values: JsonObject;
  readonly #where: string;

  /** @param where address of the resource, and of the block inside it */
  constructor(values: JsonObject, where: string) {
    this.#values = values;
    this.#where = where;
  }

  has(name: string): boolean {
    return this.#read(name) !== undefined;
  }

  string(name: string): string {
    const value = this.#read(name);
    if (value === undefined) return "";
    if (typeof value !== "string") throw this.#wrong(name, "a string", value);
    return value;
  }

  bool(name: string): boolean {
    const value = this.#read(name);
    if (value === undefined) return false;
    if (typeof value !== "boolean") throw this.#wrong(name, "a bool", value);
    return value;
  }

  /** Reads a whole number of 32 bits. */
  int32(name: string): number {
    const value = this.#integer(name);
    if (value > INT32_MAX || value < -INT32_MAX - 1) throw this.#wrong(name, "a 32-bit number", value);
    return value;
  }

  /** Like {@link int32}, but a number that does not fit becomes the nearest one that does. */
  clampedInt32(name: string): number {
    return Math.min(INT32_MAX, Math.max(-INT32_MAX - 1, this.#integer(name)));
  }

  int64(name: string): bigint {
    return BigInt(this.#integer(name));
  }

  /** Reads a map of strings, without null values. */
  strings(name: string): Record<string, string> {
    const value = this.#read(name);
    if (value === undefined) return {};
    if (!isJsonObject(value)) throw this.#wrong(name, "a map of strings", value);
    const entries = Object.entries(value).filter(([, item]) => item !== null);
    return Object.fromEntries(
      entries.map(([key, item]) => {
        if (typeof item !== "string") throw this.#wrong(`${name}[${JSON.stringify(key)}]`, "a string", item);
        return [key, item];
      }),
    );
  }

  /** Reads the blocks with a name, in order; a single nested object counts as one block. */
  blocks(name: string): Attributes[] {
    const value = this.#read(name);
    if (value === undefined) return [];
    const items: unknown[] = Array.isArray(value) ? value : [value];
    return items.map((item, index) => {
      if (!isJsonObject(item)) throw this.#wrong(`${name}[${index}]`, "a block", item);
      return new Attributes(item, `${this.#where}, ${name}[${index}]`);
    });
  }

  #read(name: string): unknown {
    return member(this.#values, name) ?? undefined;
  }

  #integer(name: string): number {
    const value = this.#read(name);
    if (value === undefined) return 0;
    if (typeof value !== "number" || !Number.isSafeInteger(value)) throw this.#wrong(name, "a whole number", value);
    return value;
  }

  #wrong(name: string, wanted: string, got: unknown): ConversionError {
    // The message does not contain the value, which may be a secret.
    const kind = got === null ? "null" : Array.isArray(got) ? "a list" : typeof got === "object" ? "an object" : `a ${typeof got}`;
    return new ConversionError(`${this.#where}: attribute ${name} must be ${wanted}, got ${kind}`);
  }
}
