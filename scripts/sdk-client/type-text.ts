/** JSON schemas as TypeScript: by their name where the SDK exports one, else written out. */

/** A type that the SDK exports. */
export interface SdkType {
  readonly name: string;
  /** The file in `sdk/` that exports it, such as `users.ts`. */
  readonly file: string;
}

/** Writes types, and remembers which of the SDK's they mention. */
export class TypeWriter {
  readonly #find: (schema: unknown) => SdkType | undefined;
  readonly #used = new Map<string, Set<string>>();

  /** @param find the exported type whose schema it is, if there is one */
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

  /** An import statement for each file that has a type which was written by its name, in no order. */
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

/** The keywords of JSON schema that the API's schemas are made of. */
export function partsOf(schema: unknown): SchemaParts {
  return typeof schema === "object" && schema !== null ? schema : {};
}
