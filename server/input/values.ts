import { VALUES_LIMIT_BYTES } from "#sdk/limits.ts";
import { InvalidInputError } from "../errors.ts";

/**
 * Values are stored anew with each build or version, so many long ones must not be given at once.
 *
 * @throws InvalidInputError that names the field
 */
export function requireValuesToFit(field: string, values: readonly { readonly name: string; readonly value: string }[]): void {
  const bytes = values.reduce((sum, { name, value }) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
  if (bytes > VALUES_LIMIT_BYTES)
    throw new InvalidInputError(`the values have ${bytes} bytes together, but at most ${VALUES_LIMIT_BYTES} are allowed`, [
      { field, detail: `Together, the values can have at most ${VALUES_LIMIT_BYTES} bytes.` },
    ]);
}
