/** Makes, from the schemas of the server's routes, a request that is too large in exactly one place, for every place. */
import type { DescribedRoute } from "#server/http/described-routes.ts";

/** The part of JSON Schema that routes use. */
interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly minimum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly propertyNames?: Schema;
  readonly anyOf?: readonly Schema[];
}

export type Part = "body" | "querystring" | "params";

export interface Place {
  readonly route: DescribedRoute;
  readonly part: Part;
  /** As in the refusal's `validations`, without keys of maps and places in lists. */
  readonly field: string;
  /** Undefined: nothing limits it. */
  readonly limit: number | undefined;
  /** The whole part, good but for this place. */
  readonly oversized: unknown;
}

const ANY_UUID = "5ca1ab1e-0000-4000-8000-000000000000";

export function placesOf(route: DescribedRoute): Place[] {
  return (["body", "querystring", "params"] as const).flatMap((part) => {
    const schema = route.schema[part] as Schema | undefined;
    if (schema === undefined) return [];
    return inside(schema, "").map(({ field, limit, value }) => ({ route, part, field, limit, oversized: value }));
  });
}

interface Found {
  readonly field: string;
  readonly limit: number | undefined;
  readonly value: unknown;
}

const join = (left: string, right: string): string => (left === "" ? right : `${left}.${right}`);
const long = (limit: number | undefined): string => "x".repeat((limit ?? 0) + 1);

function inside(schema: Schema, field: string): Found[] {
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((one) => inside(one, field));
  if (schema.enum !== undefined || schema.const !== undefined) return [];
  if (schema.patternProperties !== undefined) {
    const [value = {}] = Object.values(schema.patternProperties);
    const entries = Array.from({ length: (schema.maxProperties ?? 0) + 1 }, (_, at) => [`k${at}`, good(value)]);
    const { maxLength } = schema.propertyNames ?? {};
    return [
      { field, limit: schema.maxProperties, value: Object.fromEntries(entries) },
      { field, limit: maxLength, value: { [long(maxLength)]: good(value) } },
      ...inside(value, field).map((one) => ({ ...one, field: join(field, "k"), value: { k: one.value } })),
    ];
  }
  switch (schema.type) {
    case "boolean":
    case "integer":
    case "number":
    case "null":
      return [];
    case "string":
      // The format is a limit of its own.
      if (schema.format === "uuid") return [{ field, limit: ANY_UUID.length, value: `${ANY_UUID}0` }];
      if (schema.format === "date-time")
        return [{ field, limit: schema.maxLength, value: `2026-01-01T00:00:00.${"0".repeat(schema.maxLength ?? 0)}Z` }];
      return [{ field, limit: schema.maxLength, value: long(schema.maxLength) }];
    case "array": {
      const items = schema.items ?? {};
      return [
        { field, limit: schema.maxItems, value: Array.from({ length: (schema.maxItems ?? 0) + 1 }, () => good(items)) },
        ...inside(items, join(field, "0")).map((one) => ({ ...one, value: [one.value] })),
      ];
    }
    case "object": {
      const base = Object(good(schema));
      return Object.entries(schema.properties ?? {}).flatMap(([name, one]) =>
        inside(one, join(field, name)).map((found) => ({ ...found, value: { ...base, [name]: found.value } })),
      );
    }
    default:
      return [{ field, limit: schema.maxLength, value: long(schema.maxLength) }];
  }
}

/** A small value of the schema, with only what is required. */
function good(schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const [first] = schema.anyOf ?? [];
  if (first !== undefined) return good(first);
  if (schema.patternProperties !== undefined) return {};
  switch (schema.type) {
    case "boolean":
      return false;
    case "integer":
    case "number":
      return schema.minimum ?? 0;
    case "array":
      return [];
    case "object":
      return Object.fromEntries((schema.required ?? []).map((name) => [name, good(schema.properties?.[name] ?? {})]));
    default:
      if (schema.format === "uuid") return ANY_UUID;
      return schema.format === "date-time" ? "2026-01-01T00:00:00Z" : "x";
  }
}

/** The address of a request whose path, and query, are those. */
export function addressOf({ route, part, oversized }: Place): string {
  const params = part === "params" ? Object(oversized) : Object(good((route.schema.params as Schema | undefined) ?? { type: "object" }));
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
  if (part !== "querystring") return path;
  const query = Object.entries(Object(oversized)).map(([key, value]): [string, string] => [key, String(value)]);
  return `${path}?${new URLSearchParams(query)}`;
}
