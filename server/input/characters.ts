/** Counts the UTF-16 units of all texts in a value, at any depth. Bytes and numbers count nothing. */
export function charactersIn(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || value instanceof Date) return 0;
  let sum = 0;
  if (Array.isArray(value)) for (const item of value) sum += charactersIn(item);
  else for (const key in value) if (Object.hasOwn(value, key)) sum += key.length + charactersIn(Reflect.get(value, key));
  return sum;
}
