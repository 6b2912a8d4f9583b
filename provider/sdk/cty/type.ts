/**
 * The types of Terraform's value system (cty). Values are in value.ts, their bytes in msgpack.ts and json.ts.
 *
 * @see https://github.com/zclconf/go-cty/blob/main/docs/types.md
 */
export type CtyType =
  | { readonly kind: "string" | "number" | "bool" | "dynamic" }
  | { readonly kind: "list" | "set"; readonly element: CtyType }
  | { readonly kind: "map"; readonly element: CtyType }
  | { readonly kind: "tuple"; readonly elements: readonly CtyType[] }
  | { readonly kind: "object"; readonly attributes: ReadonlyMap<string, CtyType> };

export const STRING: CtyType = { kind: "string" };
export const NUMBER: CtyType = { kind: "number" };
export const BOOL: CtyType = { kind: "bool" };
/** A place where each value has its own type. */
export const DYNAMIC: CtyType = { kind: "dynamic" };

export const list = (element: CtyType): CtyType => ({ kind: "list", element });
export const set = (element: CtyType): CtyType => ({ kind: "set", element });
export const map = (element: CtyType): CtyType => ({ kind: "map", element });
export const tuple = (elements: readonly CtyType[]): CtyType => ({ kind: "tuple", elements });
export const object = (attributes: Iterable<readonly [string, CtyType]>): CtyType => ({
  kind: "object",
  // Sorted by bytes, as Go writes them, so that types print and compare in one form.
  attributes: new Map([...attributes].sort(([left], [right]) => compareBytes(left, right))),
});

/** The order of the texts' UTF-8 bytes, which is Go's order of strings. */
export function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** A type's JSON text: `"string"`, `["list","string"]`, `["object",{"a":"bool"}]`. */
export function formatType(type: CtyType): string {
  switch (type.kind) {
    case "list":
    case "set":
    case "map":
      return `["${type.kind}",${formatType(type.element)}]`;
    case "tuple":
      return `["tuple",[${type.elements.map(formatType).join(",")}]]`;
    case "object":
      return `["object",{${[...type.attributes].map(([name, of]) => `${JSON.stringify(name)}:${formatType(of)}`).join(",")}}]`;
    default:
      return `"${type.kind}"`;
  }
}

/** @throws SyntaxError if the text is not the JSON of a type */
export function parseType(text: string): CtyType {
  return typeFromJson(JSON.parse(text));
}

function typeFromJson(json: unknown): CtyType {
  if (json === "string" || json === "number" || json === "bool" || json === "dynamic") return { kind: json };
  if (Array.isArray(json) && json.length === 2) {
    const [kind, of]: unknown[] = json;
    if (kind === "list" || kind === "set" || kind === "map") return { kind, element: typeFromJson(of) };
    if (kind === "tuple" && Array.isArray(of)) return tuple(of.map(typeFromJson));
    if (kind === "object" && typeof of === "object" && of !== null && !Array.isArray(of))
      return object(Object.entries(of).map(([name, type]) => [name, typeFromJson(type)] as const));
  }
  throw new SyntaxError(`not a type: ${JSON.stringify(json)}`);
}
