/** Writes JSON schemas as TypeScript types: by name if the SDK exports the type, otherwise written out. */

/** A type that the SDK exports. */
export interface SdkType {
  readonly name: string;
  /** The file in `sdk/` that exports it, such as `users.ts`. */
  readonly file: string;
}

/** Writes types, and records which types of the SDK they mention. */
export class TypeWriter {
  readonly #find: (schema: unknown) => SdkType | undefined;
  readonly #used = new Map<string, Set<string>>();

  /** @param find returns the exported type of a schema, if there is one */
  constructor(find: (schema: unknown) => SdkType | undefined) {
    this.#find = find;
  }

  /**
   * @param schema with `mustBeNamed`, a named type, an array of one, or a scalar
   * @throws RangeError for an object that should have a name, and for schemas that the API has not used so far
   */
  write(schema: unknown, { mustBeNamed }: { readonly mustBeNamed: boolean }): string {
    const known = this.#find(schema);
    if (known !== undefined) {
      this.#used.set(known.file, (this.#used.get(known.file) ?? new Set()).add(known.name));
      return known.name;
    }
    const { type, items, enum: values, properties, anyOf } = partsOf(schema);
    if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(" | ");
    if (anyOf !== undefined) return anyOf.map((option) => this.write(option, { mustBeNamed })).join(" | ");
    if (type === "array" && items !== undefined) {
      const item = this.write(items, { mustBeNamed });
      return `${item.includes(" ") ? `(${item})` : item}[]`;
    }
    if (type === "object" && properties !== undefined) {
      if (mustBeNamed) throw new RangeError("its schema has no name: export it from a file of sdk/, and from schema-names.ts");
      return this.#object(schema, properties);
    }
    const scalar = SCALARS[type ?? ""];
    if (scalar === undefined)
      throw new RangeError(`the schema ${JSON.stringify(schema)} has no TypeScript form here: add one to type-text.ts`);
    return scalar;
  }

  /** Returns an import statement for each file with a type that was written by name, in no particular order. */
  imports(): readonly string[] {
    return [...this.#used].map(([file, names]) => `import type { ${[...names].toSorted().join(", ")} } from "./${file}";`);
  }

  #object(schema: unknown, properties: object): string {
    const { required = [] } = partsOf(schema);
    const members = Object.entries(properties).map(
      ([key, of]) => `readonly ${key}${required.includes(key) ? "" : "?"}: ${this.write(of, { mustBeNamed: false })}`,
    );
    return `{ ${members.join("; ")} }`;
  }
}

const SCALARS: Readonly<Record<string, string>> = {
  boolean: "boolean",
  integer: "number",
  null: "null",
  number: "number",
  string: "string",
};

interface SchemaParts {
  readonly type?: string;
  readonly format?: string;
  readonly items?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly unknown[];
}

/** Returns the JSON schema keywords that the API's schemas use. */
export function partsOf(schema: unknown): SchemaParts {
  return typeof schema === "object" && schema !== null ? schema : {};
}
