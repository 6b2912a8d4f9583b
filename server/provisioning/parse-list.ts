import { InvalidInputError } from "../errors.ts";

/** A comma list of known words. @throws InvalidInputError naming the key */
export function parseList<T extends string>(key: string, text: string | undefined, known: readonly T[]): T[] {
  return (text ?? "")
    .split(",")
    .filter((word) => word !== "")
    .map((word) => {
      const found = known.find((one) => one === word);
      if (found !== undefined) return found;
      throw new InvalidInputError("query parameters have invalid values", [{ field: key, detail: `It is one of: ${known.join(", ")}.` }]);
    });
}
