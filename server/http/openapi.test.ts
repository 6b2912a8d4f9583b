import { globSync } from "node:fs";
import { join } from "node:path";
import { validate } from "@scalar/openapi-parser";
import { beforeAll, describe, expect, test } from "vitest";
import { isActionOf, isResourceType } from "#authz/resource-types.ts";
import { describedRoutes, unusedRoutes } from "../features.ts";
import type { DescribedRoute } from "../http/described-routes.ts";
import { parseNeed } from "./needs.ts";
import { type ApiDocument, type ApiOperation, openApiDocument, TAGS } from "./openapi.ts";
import { identityOf, namedSchemas } from "./schema-names.ts";

let document: ApiDocument;
let routes: readonly DescribedRoute[];
let operations: (ApiOperation & { readonly at: string })[];

beforeAll(async () => {
  [document, routes] = await Promise.all([openApiDocument(unusedRoutes()), describedRoutes()]);
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, at: `${method.toUpperCase()} ${path}` })),
  );
});

const at = (found: readonly { readonly at: string }[]): string[] => found.map((one) => one.at);
const name = ({ method, path }: DescribedRoute): string => `${method} ${path}`;

test("the document is valid OpenAPI 3.1", async () => {
  const { valid, errors, version } = await validate(JSON.stringify(document));
  expect({ valid, errors, version }).toEqual({ valid: true, errors: [], version: "3.1" });
});

test("the same document comes out every time", async () => {
  expect(JSON.stringify(await openApiDocument(unusedRoutes()))).toBe(JSON.stringify(document));
});

test("every route is in the document, once", () => {
  expect(operations.length).toBeGreaterThan(60);
  expect(at(operations).toSorted()).toEqual(routes.map(name).toSorted());
});

describe("every operation", () => {
  test("has a summary, one line long", () => {
    expect(at(operations.filter(({ summary = "" }) => !/^[A-Z][^\n]{3,100}[^.\n]$/.test(summary)))).toEqual([]);
  });

  test("has one tag, which the document explains", () => {
    expect(at(operations.filter(({ tags = [] }) => tags.length !== 1 || !Object.hasOwn(TAGS, tags[0] ?? "")))).toEqual([]);
  });

  test("has an id of its own", () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(at(operations.filter(({ operationId = "" }) => !/^[a-z][a-zA-Z]+$/.test(operationId)))).toEqual([]);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  test("says what a success looks like", () => {
    const unsaid = routes.filter(
      ({ schema: { response } }) => typeof response !== "object" || !Object.keys(response ?? {}).some((key) => /^[23]/.test(key)),
    );
    expect(unsaid.map(name)).toEqual([]);
  });

  test("names its path's parameters", () => {
    const parametersOf = ({ parameters = [] }: ApiOperation): string[] =>
      parameters.filter((parameter) => parameter.in === "path").map((parameter) => parameter.name);
    for (const operation of operations)
      expect(parametersOf(operation).toSorted(), operation.at).toEqual(
        [...operation.at.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter).toSorted(),
      );
  });

  test("says whose credential it takes", () => {
    for (const { audience, method, path } of routes)
      expect(document.paths[path]?.[method.toLowerCase()]?.security, path).toEqual(
        { everybody: [], users: [{ sessionToken: [] }], agents: [{ agentToken: [] }] }[audience],
      );
  });

  test("says how it fails, in the form of all errors", () => {
    for (const { responses, at, security = [] } of operations) {
      const guarded = security.length > 0 ? ["401"] : [];
      for (const status of [...guarded, "500"]) expect(Object.keys(responses), at).toContain(status);
      for (const [status, response] of Object.entries(responses))
        if (/^[45]/.test(status)) expect(JSON.stringify(response), `${at} ${status}`).toMatch(/components\/(responses|schemas\/Response)/);
    }
  });
});

describe("what a route needs", () => {
  test("is stated by every route that asks for a credential, and by no other", () => {
    expect(routes.filter(({ audience, needs }) => (audience === "everybody") !== (needs === undefined)).map(name)).toEqual([]);
  });

  test("is made of permissions that exist, and names the path's parameters", () => {
    for (const { path, needs = [] } of routes)
      for (const need of needs) {
        const { permission, object, condition = "" } = parseNeed(need);
        const [type = "", action = ""] = permission.split(":");
        expect(isResourceType(type) && isActionOf(type, action), `${path}: ${permission}`).toBe(true);
        for (const [parameter] of `${object} ${condition}`.matchAll(/\{\w+\}/g)) expect(path, need).toContain(parameter);
      }
  });

  test("cannot be parsed from a text of another form", () => {
    for (const text of ["", "workspace:read", "workspace:read on it", "workspace:read on it or 500", "read it or 404"])
      expect(() => parseNeed(text), text).toThrow(RangeError);
  });
});

test("every type of the SDK is known by its name", async () => {
  const named = namedSchemas();
  const files = globSync("*.ts", { cwd: join(import.meta.dirname, "../../sdk") }).filter((file) => !file.endsWith(".test.ts"));
  const unknown: string[] = [];
  for (const file of files) {
    const module: Record<string, unknown> = await import(`../../sdk/${file}`);
    for (const [key, schema] of Object.entries(module)) {
      const identity = isSchema(schema) ? identityOf(schema) : undefined;
      if (identity !== undefined && !named.has(identity)) unknown.push(`${file}: ${key}`);
    }
  }
  expect(unknown, "add the module to schema-names.ts").toEqual([]);
});

function isSchema(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "~kind");
}

test("a type is written out once, and referred to everywhere else", () => {
  const { schemas } = document.components;
  expect(Object.keys(schemas).length).toBeGreaterThan(90);
  expect(JSON.stringify(schemas.Workspace)).toContain('"latest_build":{"$ref":"#/components/schemas/WorkspaceBuild"}');
  const written = Object.values(schemas).map((schema) => JSON.stringify(schema));
  const inlined = operations.filter((operation) =>
    written.some((schema) => schema.length > 200 && JSON.stringify(operation).includes(schema)),
  );
  expect(at(inlined)).toEqual([]);
});
