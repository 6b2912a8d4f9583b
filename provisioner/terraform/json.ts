/** JSON from another program: nothing is assumed about its shape. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Parses an object, or returns undefined if the text is anything else. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Returns an own member: `constructor` and similar names are found only if the text contains them. */
export function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

export function stringMember(object: JsonObject, name: string): string | undefined {
  const value = member(object, name);
  return typeof value === "string" ? value : undefined;
}

export function numberMember(object: JsonObject, name: string): number | undefined {
  const value = member(object, name);
  return typeof value === "number" ? value : undefined;
}

export function objectMember(object: JsonObject, name: string): JsonObject | undefined {
  const value = member(object, name);
  return isJsonObject(value) ? value : undefined;
}

/** Returns the objects in a list; other items and other values are left out. */
export function objectsMember(object: JsonObject, name: string): readonly JsonObject[] {
  const value = member(object, name);
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
