import { type TSchema, Type } from "typebox";
import { describe, expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { HttpError } from "./http-error.ts";
import { validatorCompiler } from "./validate.ts";

const Body = Type.Object({
  name: Type.String({ minLength: 2 }),
  size: Type.Optional(Type.Integer()),
  tags: Type.Optional(Type.Array(Type.Object({ key: Type.String(), value: Type.String() }))),
});

function checkOf(httpPart: "body" | "querystring" | "params", schema: TSchema): (given: unknown) => { value?: unknown; error?: unknown } {
  const check = validatorCompiler({ schema, httpPart, method: "POST", url: "/" });
  return (given) => Object(check(given));
}

/** The fields of a refusal; fails for anything else. */
function fieldsOf(answer: { readonly error?: unknown }): (string | undefined)[] {
  expect(answer.error).toBeInstanceOf(HttpError);
  if (!(answer.error instanceof HttpError)) return [];
  expect(answer.error.status).toBe(400);
  return (answer.error.body.validations ?? []).map(({ field }) => field);
}

describe("a body", () => {
  const check = checkOf("body", Body);

  test("is taken as it is, but for what is null, which counts as left out", () => {
    expect(check({ name: "ab", size: null, tags: [{ key: "a", value: "b" }] })).toEqual({
      value: { name: "ab", tags: [{ key: "a", value: "b" }] },
    });
  });

  for (const { what, body, fields } of [
    { what: "a text where a number belongs, which is not turned into one", body: { name: "ab", size: "7" }, fields: ["size"] },
    { what: "a missing field", body: {}, fields: ["name"] },
    { what: "a field that is null", body: { name: null }, fields: ["name"] },
    { what: "a short text", body: { name: "a" }, fields: ["name"] },
    { what: "wrong entries of a list", body: { name: "ab", tags: [{ key: "a", value: "b" }, { key: "a" }] }, fields: ["tags.1.value"] },
    { what: "two faults at once", body: { size: 0.5 }, fields: ["name", "size"] },
    { what: "no object", body: "name", fields: [] },
  ])
    test(`is refused for ${what}`, () => expect(fieldsOf(check(body)).toSorted()).toEqual(fields.toSorted()));

  test("of another kind than was asked for is told apart from one with wrong values", () => {
    const messageOf = (body: unknown) => Object(check(body).error).body.message;
    expect(messageOf("name")).toBe(messageOf({ name: 7 }));
    expect(messageOf({ name: "a" })).not.toBe(messageOf({ name: 7 }));
  });

  test("is refused for a token in a field that is shown, and not repeated", () => {
    const secret = formatSecret("token");
    const answer = check({ name: `mine is ${secret}`, tags: [{ key: secret, value: secret }] });
    expect(fieldsOf(answer)).toEqual(["name", "tags.0.key"]);
    expect(JSON.stringify(answer.error)).not.toContain(secret);
  });

  test("may hold a token where people put what a template wants", () => {
    const body = { name: "ab", tags: [{ key: "token", value: formatSecret("token") }] };
    expect(check(body)).toEqual({ value: body });
  });

  test("is refused when it is nested deeper than the stack is safe for", () => {
    let deep: unknown = "end";
    for (let depth = 0; depth < 100; depth++) deep = [deep];
    expect(() => check({ name: "ab", deep })).toThrow(HttpError);
  });

  test("of many wrong entries is refused with as many fields as help", () => {
    const tags = Array.from({ length: 20_000 }, () => ({ key: 1, value: "b" }));
    expect(fieldsOf(check({ name: "ab", tags })).length).toBeLessThanOrEqual(1_000);
  });
});

describe("a query", () => {
  const check = checkOf("querystring", Type.Object({ limit: Type.Optional(Type.Integer()), all: Type.Optional(Type.Boolean()) }));

  test("arrives as text, and becomes what it should be", () => {
    expect(check({ limit: "7", all: "true" })).toEqual({ value: { limit: 7, all: true } });
  });

  test("that cannot be that is refused with its key", () => expect(fieldsOf(check({ limit: "many" }))).toEqual(["limit"]));
});

test("a path is refused with its parameter", () => {
  expect(fieldsOf(checkOf("params", Type.Object({ id: Type.String({ format: "uuid" }) }))({ id: "7" }))).toEqual(["id"]);
});
