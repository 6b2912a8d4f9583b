/** Says what a predicate of authz means as a condition on rows, the same in both databases: `matches` of #authz/predicate.ts, in SQL. */
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Predicate } from "#authz/predicate.ts";
import type { Action } from "#authz/resource-types.ts";
import { NIL_UUID } from "../ids.ts";
import type { Dialect } from "./migrations/column-types.ts";

/**
 * Where a query finds what a decision asks about, as `table.column` of that query. What is left out, no row has; a null says the same of
 * one row.
 */
export interface ObjectColumns {
  /** A column of UUIDs, unless it says otherwise. */
  readonly id?: string | { readonly text: string };
  readonly ownerId?: string;
  readonly organizationId?: string;
  /** Columns of JSON: an id to the list of its actions. */
  readonly userAcl?: string;
  readonly groupAcl?: string;
}

/**
 * For `where`, which takes null for false: so does `not` here. Nothing is wrapped otherwise, so that indexes serve. What a subject says
 * never becomes part of the statement's text.
 */
export function predicateSql(dialect: Dialect, predicate: Predicate, columns: ObjectColumns): RawBuilder<SqlBool> {
  const compile = (part: Predicate): RawBuilder<SqlBool> => {
    switch (part.kind) {
      case "all":
        return TRUE;
      case "none":
        return FALSE;
      case "and":
        return joined(part.of.map(compile), "and", TRUE);
      case "or":
        return joined(part.of.map(compile), "or", FALSE);
      case "not":
        return sql`not coalesce(${compile(part.of)}, false)`;
      case "id_in":
        return typeof columns.id === "object"
          ? isIn(dialect, "text", columns.id.text, part.ids)
          : isIn(dialect, "uuid", columns.id, part.ids.filter(isRowId));
      case "owner_is":
        return isIn(dialect, "uuid", columns.ownerId, [part.id].filter(isRowId));
      case "organization_in":
        return isIn(dialect, "uuid", columns.organizationId, part.ids.filter(isRowId));
      case "no_organization":
        return columns.organizationId === undefined
          ? TRUE
          : sql`(${sql.ref(columns.organizationId)} is null or ${sql.ref(columns.organizationId)} = ${bound(dialect, "uuid", NIL_UUID)})`;
      case "shared_with":
        return sharedWith(dialect, part, columns);
      default:
        throw new Error(`unknown predicate ${JSON.stringify(part satisfies never)}`);
    }
  };
  return compile(predicate);
}

const TRUE = sql<SqlBool>`true`;
const FALSE = sql<SqlBool>`false`;

function joined(parts: readonly RawBuilder<SqlBool>[], operator: "and" | "or", empty: RawBuilder<SqlBool>): RawBuilder<SqlBool> {
  return parts.length === 0 ? empty : sql`(${sql.join(parts, sql.raw(` ${operator} `))})`;
}

function isIn(dialect: Dialect, type: "uuid" | "text", column: string | undefined, values: readonly string[]): RawBuilder<SqlBool> {
  if (column === undefined || values.length === 0) return FALSE;
  const [only] = values;
  const among = values.length === 1 ? sql`= ${bound(dialect, type, only)}` : sql`in ${list(dialect, type, values)}`;
  return sql`${sql.ref(column)} ${among}`;
}

/** One parameter for any number of values: the same statement serves them all, and is prepared once. */
function list(dialect: Dialect, type: "uuid" | "text", values: readonly string[]): RawBuilder<unknown> {
  return dialect === "sqlite"
    ? sql`(select value from json_each(${JSON.stringify(values)}))`
    : sql`(select value::${sql.raw(type)} from jsonb_array_elements_text(${JSON.stringify(values)}::jsonb) as listed (value))`;
}

function bound(dialect: Dialect, type: "uuid" | "text", value: unknown): RawBuilder<unknown> {
  return dialect === "sqlite" ? sql`${value}` : sql`${value}::${sql.raw(type)}`;
}

/** Rows have their ids in lower case, and authz compares text: every other spelling names nothing. */
function isRowId(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text);
}

type SharedWith = Extract<Predicate, { kind: "shared_with" }>;

function sharedWith(dialect: Dialect, { userId, groups, action, organizations }: SharedWith, columns: ObjectColumns): RawBuilder<SqlBool> {
  const { organizationId, userAcl, groupAcl } = columns;
  if (organizationId === undefined) return FALSE;
  // The group whose id is the organization's is everybody in it.
  const everyone = sql`entry.key = ${dialect === "sqlite" ? sql.ref(organizationId) : sql`${sql.ref(organizationId)}::text`}`;
  const listed = groups.length === 0 ? everyone : sql`(${everyone} or entry.key in ${list(dialect, "text", groups)})`;
  const shares = [
    ...(userAcl === undefined ? [] : [listsAction(dialect, userAcl, sql`entry.key = ${bound(dialect, "text", userId)}`, action)]),
    ...(groupAcl === undefined ? [] : [listsAction(dialect, groupAcl, listed, action)]),
  ];
  return joined([isIn(dialect, "uuid", organizationId, organizations.filter(isRowId)), joined(shares, "or", FALSE)], "and", TRUE);
}

/** Whether one of the ACL's entries that count lists this action, or any. */
function listsAction(dialect: Dialect, acl: string, counts: RawBuilder<unknown>, action: Action): RawBuilder<SqlBool> {
  return dialect === "sqlite"
    ? sql`exists (
        select 1 from json_each(${sql.ref(acl)}) as entry,
          json_each(case entry.type when 'array' then entry.value else '[]' end) as listed
        where ${counts} and listed.value in ('*', ${action}))`
    : sql`exists (
        select 1 from jsonb_each(${sql.ref(acl)}) as entry (key, value)
        where ${counts} and entry.value ?| array['*', ${action}::text])`;
}
