import { AuditAction, AuditResourceType } from "#sdk/audit.ts";
import type { BuildReason } from "../database/tables/workspaces.ts";
import { InvalidInputError } from "../errors.ts";
import { UserId } from "../ids.ts";
import { parseSearch } from "../input/search.ts";
import type { AuditFilter } from "./rows.ts";

const KEYS = [
  "request_id",
  "resource_id",
  "resource_target",
  "username",
  "email",
  "date_from",
  "date_to",
  "organization",
  "resource_type",
  "action",
  "build_reason",
] as const;
type Key = (typeof KEYS)[number];

const BUILD_REASONS: readonly BuildReason[] = [
  "initiator",
  "autostart",
  "autostop",
  "dormancy",
  "autodelete",
  "dashboard",
  "cli",
  "ssh_connection",
];

/**
 * Parses a query of the audit log. Bare words are the resource's type.
 *
 * @param caller the user whom `username:me` means
 * @throws InvalidInputError naming the key
 */
export function parseAuditSearch(query: string, caller: string): AuditFilter {
  const terms = parseSearch(query, "resource_type", KEYS);
  return {
    ...(terms.username === "me" ? { userId: UserId.parse(caller) } : { username: terms.username }),
    email: terms.email,
    target: terms.resource_target,
    organization: terms.organization,
    requestId: uuid("request_id", terms.request_id),
    resourceId: uuid("resource_id", terms.resource_id),
    resourceType: oneOf("resource_type", terms.resource_type, AuditResourceType.enum),
    action: oneOf("action", terms.action, AuditAction.enum),
    buildReason: oneOf("build_reason", terms.build_reason, BUILD_REASONS),
    from: day("date_from", terms.date_from),
    before: nextDay(day("date_to", terms.date_to)),
  };
}

function oneOf<T extends string>(key: Key, value: string | undefined, known: readonly T[]): T | undefined {
  if (value === undefined) return undefined;
  return known.find((one) => one === value) ?? refuse(key, `Expected one of: ${known.join(", ")}.`);
}

function uuid(key: Key, value: string | undefined): string | undefined {
  return value === undefined || /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value) ? value : refuse(key, "Expected a UUID.");
}

/** Parses a day, in UTC. */
function day(key: Key, value: string | undefined): Date | undefined {
  if (value === undefined) return undefined;
  const date = /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00:00Z`) : new Date(Number.NaN);
  // JavaScript parses February 31 as March 3.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value)
    ? date
    : refuse(key, "Expected a date in the form YYYY-MM-DD.");
}

function nextDay(date: Date | undefined): Date | undefined {
  return date && new Date(date.getTime() + 86_400_000);
}

function refuse(field: Key, detail: string): never {
  throw new InvalidInputError("Query parameters have invalid values.", [{ field, detail }]);
}
