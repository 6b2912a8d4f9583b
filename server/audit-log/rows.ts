import { type Expression, type Kysely, type SqlBool, sql } from "kysely";
import type { AuditAction, AuditResourceType } from "#sdk/audit.ts";
import type { User } from "../access/person-rows.ts";
import { paged } from "../database/paging.ts";
import type { BuildReason } from "../database/tables/workspaces.ts";
import type { Row, Tables } from "../database/tables.ts";
import { type AuditLogId, OrganizationId, type UserId } from "../ids.ts";
import { USER_COLUMNS, withOrganizations } from "../people/user-rows.ts";
import { type AuditedResource, findAuditedResources } from "./audited-resource-rows.ts";

/** All conditions must hold. Texts are compared in any letter case. */
export interface AuditFilter {
  /** Who acted. */
  readonly userId?: UserId | undefined;
  readonly username?: string | undefined;
  readonly email?: string | undefined;
  readonly action?: AuditAction | undefined;
  readonly resourceType?: AuditResourceType | undefined;
  readonly resourceId?: string | undefined;
  readonly target?: string | undefined;
  /** A UUID or a name. */
  readonly organization?: string | undefined;
  readonly requestId?: string | undefined;
  /** Only builds have a reason. */
  readonly buildReason?: BuildReason | undefined;
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly before?: Date | undefined;
}

export type AuditLogEntry = Row<"audit_logs"> & {
  /** Who acted, as the user is now. */
  readonly user: User | undefined;
  readonly organization: Pick<Row<"organizations">, "id" | "name" | "display_name" | "icon"> | undefined;
  /** What the entry is about, in its current state; undefined if it no longer exists. */
  readonly resource: AuditedResource | undefined;
};

/** The position of an entry in the log's order. */
export type Place = Pick<Row<"audit_logs">, "time" | "number">;

/** Selects the entries that match, and of these the ones that may be shown. */
export function selectMatching(db: Kysely<Tables>, filter: AuditFilter, isShown: Expression<SqlBool>) {
  return select(db, filter).where(isShown);
}

export type Matching = ReturnType<typeof selectMatching>;

export function placeOf(matching: Matching, id: AuditLogId): Promise<Place | undefined> {
  return matching.select(["time", "number"]).where("id", "=", id).executeTakeFirst();
}

/** @returns the number of matches, at most `cap` */
export async function countUpTo(db: Kysely<Tables>, matching: Matching, cap: number): Promise<number> {
  const capped = matching.select(sql.lit(1).as("one")).limit(cap).as("capped");
  const { count } = await db
    .selectFrom(capped)
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return count;
}

/** Newest first. @param page.behind the page begins after this place */
export async function findPage(
  db: Kysely<Tables>,
  matching: Matching,
  { behind, limit, offset }: { readonly behind: Place | undefined; readonly limit: number; readonly offset: number | undefined },
): Promise<AuditLogEntry[]> {
  const listed = matching
    .selectAll("log")
    .$if(behind !== undefined, (q) =>
      behind === undefined
        ? q
        : q.where((eb) => eb.or([eb("time", "<", behind.time), eb.and([eb("time", "=", behind.time), eb("number", "<", behind.number)])])),
    )
    .orderBy("time", "desc")
    .orderBy("number", "desc");
  return complete(db, await paged(listed, { limit, offset }).execute());
}

function select(db: Kysely<Tables>, filter: AuditFilter) {
  const { userId, username, email, organization, target, buildReason } = filter;
  let found = db.selectFrom("audit_logs as log");
  if (userId !== undefined) found = found.where("log.user_id", "=", userId);
  if (username !== undefined) found = found.where("log.user_id", "in", idsWhere("users", "username", username));
  if (email !== undefined) found = found.where("log.user_id", "in", idsWhere("users", "email", email));
  if (organization !== undefined)
    found = OrganizationId.is(organization)
      ? found.where("log.organization_id", "=", OrganizationId.parse(organization))
      : found.where("log.organization_id", "in", idsWhere("organizations", "name", organization));
  if (filter.action !== undefined) found = found.where("log.action", "=", filter.action);
  if (filter.resourceType !== undefined) found = found.where("log.resource_type", "=", filter.resourceType);
  if (filter.resourceId !== undefined) found = found.where("log.resource_id", "=", filter.resourceId);
  if (filter.requestId !== undefined) found = found.where("log.request_id", "=", filter.requestId);
  if (filter.from !== undefined) found = found.where("log.time", ">=", filter.from);
  if (filter.before !== undefined) found = found.where("log.time", "<", filter.before);
  if (target !== undefined) found = found.where((eb) => eb(eb.fn<string>("lower", ["log.resource_target"]), "=", target.toLowerCase()));
  if (buildReason !== undefined)
    found = found
      .where("log.resource_type", "=", "workspace_build")
      .where("log.resource_id", "in", db.selectFrom("workspace_builds").select("id").where("reason", "=", buildReason));
  return found;
}

/** Also finds deleted ones: their names may be in use again, and both are meant. */
function idsWhere(table: "users" | "organizations", column: string, value: string) {
  return sql<never>`(select id from ${sql.table(table)} where lower(${sql.ref(column)}) = ${value.toLowerCase()})`;
}

/** How many rows are looked up at once: a database limits the number of parameters. */
const CHUNK = 500;

async function complete(db: Kysely<Tables>, rows: readonly Row<"audit_logs">[]): Promise<AuditLogEntry[]> {
  const entries: AuditLogEntry[] = [];
  for (let start = 0; start < rows.length; start += CHUNK) {
    const some = rows.slice(start, start + CHUNK);
    const users = await findUsers(db, present(some.map(({ user_id }) => user_id)));
    const organizations = await findOrganizations(db, present(some.map(({ organization_id }) => organization_id)));
    const resources = await findAuditedResources(db, some);
    for (const row of some)
      entries.push({
        ...row,
        user: row.user_id === null ? undefined : users.get(row.user_id),
        organization: row.organization_id === null ? undefined : organizations.get(row.organization_id),
        resource: resources.get(row.id),
      });
  }
  return entries;
}

function present<T>(values: readonly (T | null)[]): T[] {
  return [...new Set(values)].filter((value) => value !== null);
}

/** Also finds deleted users, because their entries remain. */
async function findUsers(db: Kysely<Tables>, ids: readonly UserId[]): Promise<Map<UserId, User>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom("users").select(USER_COLUMNS).where("id", "in", ids).execute();
  return new Map((await withOrganizations(db, rows)).map((user) => [user.id, user]));
}

async function findOrganizations(db: Kysely<Tables>, ids: readonly OrganizationId[]) {
  if (ids.length === 0) return new Map<OrganizationId, NonNullable<AuditLogEntry["organization"]>>();
  const rows = await db.selectFrom("organizations").select(["id", "name", "display_name", "icon"]).where("id", "in", ids).execute();
  return new Map(rows.map((row) => [row.id, row]));
}
