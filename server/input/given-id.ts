import { ZERO_UUID } from "#sdk/scalars.ts";

/** Returns undefined for an omitted ID. Go clients send the all-zero ID instead of leaving one out. */
export function givenId(id: string | undefined): string | undefined {
  return id === undefined || id === "" || id === ZERO_UUID ? undefined : id;
}
