import { InvalidInputError } from "../errors.ts";

/** Parses a comma-separated list of known words. @throws InvalidInputError that names the key */
export function parseList<T extends string>(key: string, text: string | undefined, known: readonly T[]): T[] {
  return (text ?? "")
    .split(",")
    .filter((word) => word !== "")
    .map((word) => {
      const found = known.find((one) => one === word);
      if (found !== undefined) return found;
      throw new InvalidInputError("query parameters have invalid values", [{ field: key, detail: `Must be one of: ${known.join(", ")}.` }]);
    });
}
