import type { CtyType } from "../cty/type.ts";

/** A type as the Terraform registry writes it: `Map of String`. */
export function typeName(type: CtyType): string {
  switch (type.kind) {
    case "string":
      return "String";
    case "number":
      return "Number";
    case "bool":
      return "Boolean";
    case "dynamic":
      return "Dynamic";
    case "list":
      return `List of ${typeName(type.element)}`;
    case "set":
      return `Set of ${typeName(type.element)}`;
    case "map":
      return `Map of ${typeName(type.element)}`;
    case "tuple":
      return "Tuple";
    case "object":
      return "Object";
    default:
      throw new Error(`unknown type ${JSON.stringify(type satisfies never)}`);
  }
}

/** The object that a type is made of, however deep in collections. */
export function objectIn(type: CtyType): Extract<CtyType, { kind: "object" }> | undefined {
  if (type.kind === "object") return type;
  return type.kind === "list" || type.kind === "set" || type.kind === "map" ? objectIn(type.element) : undefined;
}
