import { Type } from "typebox";
import { expect, test } from "vitest";
import { methodText, type Operation } from "./method-text.ts";
import { partsOf, TypeWriter } from "./type-text.ts";

const House = Type.Object({ name: Type.String() });
const Sentence = Type.Object({ message: Type.String() });
const Color = Type.Enum(["red", "blue"]);
/** By the part that `Type.Optional` shares with the schema that it copies. */
const NAMES = new Map<unknown, string>([
  [House.properties, "House"],
  [Sentence.properties, "Sentence"],
  [Color.enum, "Color"],
]);

const types = (): TypeWriter =>
  new TypeWriter((schema) => {
    const name = NAMES.get(partsOf(schema).properties ?? partsOf(schema).enum);
    return name === undefined ? undefined : { name, file: "houses.ts" };
  });

function operation(schema: Operation["schema"], rest: Partial<Operation> = {}): Operation {
  return {
    method: "GET",
    path: "/api/houses",
    audience: "users",
    needs: [],
    ...rest,
    schema: { operationId: "getHouse", summary: "A house", ...schema },
  };
}

/** The method without its comment, as one line. */
const code = (of: Operation): string =>
  methodText(of, types())
    .replace(/\/\*\*.*?\*\//s, "")
    .replace(/\s+/g, " ")
    .trim();

const METHODS: readonly { when: string; schema: Operation["schema"]; rest?: Partial<Operation>; expected: string }[] = [
  {
    when: "a named answer",
    schema: { response: { 200: House, 404: Sentence } },
    expected:
      'getHouse({ signal }: RequestOptions = {}): Promise<House> { return this.connection.json("GET", "/api/houses", { signal }); }',
  },
  {
    when: "parameters of the path and a body, in that order",
    schema: {
      params: Type.Object({ number: Type.Integer(), street: Type.String() }),
      body: House,
      response: { 201: Type.Array(House) },
    },
    rest: { method: "POST", path: "/api/{street}/houses/{number}" },
    expected:
      "getHouse(street: string, number: number, body: House, { signal }: RequestOptions = {}): Promise<House[]> " +
      `{ return this.connection.json("POST", path\`/api/\${street}/houses/\${number}\`, { signal, body }); }`,
  },
  {
    when: "a query",
    schema: { querystring: Type.Object({ color: Type.Optional(Color), floors: Type.Optional(Type.Integer()) }), response: { 200: House } },
    expected:
      "getHouse({ signal, ...query }: RequestOptions & { readonly color?: Color; readonly floors?: number } = {}): Promise<House> " +
      '{ return this.connection.json("GET", "/api/houses", { signal, query }); }',
  },
  {
    when: "a query that must be given",
    schema: { querystring: Type.Object({ q: Type.String() }), response: { 200: House } },
    expected:
      "getHouse({ signal, ...query }: RequestOptions & { readonly q: string }): Promise<House> " +
      '{ return this.connection.json("GET", "/api/houses", { signal, query }); }',
  },
  {
    when: "no answer",
    schema: { response: { 204: Type.Null() } },
    expected: 'getHouse({ signal }: RequestOptions = {}): Promise<void> { return this.connection.done("GET", "/api/houses", { signal }); }',
  },
  {
    when: "bytes in both directions",
    schema: { consumes: ["application/x-tar"], response: { 200: Type.String({ format: "binary" }) } },
    expected:
      "getHouse(content: Uint8Array<ArrayBuffer>, { signal }: RequestOptions = {}): Promise<Uint8Array<ArrayBuffer>> " +
      '{ return this.connection.bytes("GET", "/api/houses", { signal, bytes: { content, type: "application/x-tar" } }); }',
  },
  {
    when: "a yes or no",
    schema: { response: { 200: Sentence, 404: Sentence } },
    expected:
      'getHouse({ signal }: RequestOptions = {}): Promise<boolean> { return this.connection.answersYes("GET", "/api/houses", { signal }); }',
  },
  {
    when: "a list or a text, as the list",
    schema: {
      querystring: Type.Object({ after: Type.Optional(Type.Integer()), follow: Type.Optional(Type.String()) }),
      response: { 200: Type.Union([Type.Array(House), Type.String()]) },
    },
    expected:
      "getHouse({ signal, ...query }: RequestOptions & { readonly after?: number } = {}): Promise<House[]> " +
      '{ return this.connection.json("GET", "/api/houses", { signal, query }); }',
  },
];
for (const { when, schema, rest, expected } of METHODS) {
  test(`writes a method for ${when}`, () => expect(code(operation(schema, rest))).toBe(expected));
}

test("comments a method with the summary, whose credential it takes and what that needs", () => {
  const described = operation(
    { description: "It has a door.", deprecated: true, response: { 204: Type.Null() } },
    { audience: "agents", needs: ["house:read on the own house or 404"] },
  );
  expect(methodText(described, types())).toContain(
    [
      "  /**",
      "   * A house.",
      "   *",
      "   * It has a door.",
      "   *",
      "   * With an agent's token.",
      "   *",
      "   * Needs `house:read on the own house or 404`.",
      "   *",
      "   * @deprecated",
      "   */",
      "  getHouse(",
    ].join("\n"),
  );
});

for (const { why, schema, message } of [
  { why: "an answer without a name", schema: { response: { 200: Type.Object({ rent: Type.Number() }) } }, message: "has no name" },
  {
    why: "a list without a name",
    schema: { response: { 200: Type.Array(Type.Object({ rent: Type.Number() })) } },
    message: "has no name",
  },
  {
    why: "two forms of success",
    schema: { response: { 200: House, 202: Sentence } },
    message: "more than one form of successful response",
  },
  { why: "no success", schema: { response: { 400: Sentence } }, message: "does not describe a successful response" },
  { why: "a schema of another kind", schema: { body: Type.Unknown(), response: { 204: Type.Null() } }, message: "no TypeScript form" },
]) {
  test(`refuses ${why}, and names the route`, () => {
    expect(() => methodText(operation(schema), types())).toThrow("no client method for GET /api/houses: ");
    expect(() => methodText(operation(schema), types())).toThrow(message);
  });
}

test("refuses a route without an operationId, and one that does not describe its path", () => {
  expect(() => methodText({ ...operation({}), schema: {} }, types())).toThrow("it has no operationId");
  expect(() => methodText(operation({ response: { 200: House } }, { path: "/api/{street}" }), types())).toThrow("the parameter street");
});

test("imports the types that were written by their name, once each", () => {
  const writer = types();
  for (const schema of [Sentence, House, Type.Array(House)]) writer.write(schema, { mustBeNamed: true });
  expect(writer.imports()).toEqual(['import type { House, Sentence } from "./houses.ts";']);
});
