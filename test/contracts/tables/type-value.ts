/** What values a declared type stands for: names are followed to where they are declared. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Column, ColumnKind } from "./column.ts";
import type { TypeNode, TypeSource } from "./type-source.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** Where a type stands, in whose file its names mean something. */
export interface Scope {
  readonly path: string;
  readonly areas: ReadonlyMap<string, TypeSource>;
}

/** What values of a type are, as far as a column has to know. */
export type Value = Pick<Column, "nullable" | "words"> & { readonly kind: ColumnKind };

const BUILT_IN: Readonly<Record<string, ColumnKind>> = {
  string: "text",
  number: "number",
  boolean: "boolean",
  Date: "time",
  Uint8Array: "bytes",
  Record: "json",
};

const plain = (kind: ColumnKind): Value => ({ kind, nullable: false, words: undefined });

export async function typeValue(node: TypeNode, scope: Scope): Promise<Value> {
  switch (node.kind) {
    case "text":
      return { kind: "text", nullable: false, words: [node.text] };
    case "array":
    case "object":
      return plain("json");
    case "union":
      return unionValue(node.of, scope);
    case "name":
      return namedValue(node, scope);
  }
}

async function unionValue(parts: readonly TypeNode[], scope: Scope): Promise<Value> {
  const isNull = (node: TypeNode): boolean => node.kind === "name" && node.name === "null";
  const values = await Promise.all(parts.filter((part) => !isNull(part)).map((part) => typeValue(part, scope)));
  const kinds = [...new Set(values.map(({ kind }) => kind))];
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) throw new Error(`no column holds a union of ${kinds.join(", ") || "nothing"}`);
  const words = values.every((value) => value.words !== undefined) ? values.flatMap((value) => value.words ?? []) : undefined;
  return { kind, nullable: parts.some(isNull) || values.some(({ nullable }) => nullable), words };
}

async function namedValue({ name, args }: Extract<TypeNode, { kind: "name" }>, { path, areas }: Scope): Promise<Value> {
  const source = areas.get(path);
  const local = source?.types.get(name);
  // A name for UUIDs of no kind of their own: for the compiler a string like any other.
  if (local !== undefined && name === "Uuid") return plain("uuid");
  if (local !== undefined) return typeValue(local, { path, areas });
  const imported = source?.imports.get(name);
  if (imported !== undefined) return importedValue(imported, areas);
  const [inner] = args;
  if (name === "Readonly" && inner !== undefined) return typeValue(inner, { path, areas });
  const kind = BUILT_IN[name];
  if (kind === undefined) throw new Error(`nobody knows how a database keeps "${name}"`);
  return plain(kind);
}

async function importedValue({ from, name }: { from: string; name: string }, areas: Scope["areas"]): Promise<Value> {
  if (from === "../../ids.ts") return plain("uuid");
  if (from.startsWith("./")) {
    const path = `tables/${from.slice(2)}`;
    if (areas.get(path)?.types.has(name) !== true) throw new Error(`${path} does not declare ${name}`);
    return namedValue({ kind: "name", name, args: [] }, { path, areas });
  }
  if (!from.startsWith("#sdk/")) throw new Error(`${name} of "${from}" must not stand there`);
  const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(join(ROOT, from.slice(1))).href);
  return schemaValue(name, module[name]);
}

/** The types of the SDK are made of schemas, which have the same name. */
function schemaValue(name: string, schema: unknown): Value {
  if (typeof schema === "object" && schema !== null) {
    if ("enum" in schema && Array.isArray(schema.enum) && schema.enum.every((word) => typeof word === "string"))
      return { kind: "text", nullable: false, words: schema.enum };
    if ("type" in schema && (schema.type === "object" || schema.type === "array")) return plain("json");
  }
  throw new Error(`the SDK's ${name} is neither an enum of texts nor an object nor an array`);
}
