import type { Static, TSchema } from "typebox";
import { Clean, Errors } from "typebox/value";
import { expect } from "vitest";

/** Holds an answer against its schema: every key that must be there, no other key, right types. */
export function expectShape<S extends TSchema>(schema: S, json: unknown): asserts json is Static<S> {
  expect(Errors(schema, json)).toEqual([]);
  expect(Clean(schema, structuredClone(json)), "no key that the schema does not have").toEqual(json);
}
