/**
 * The writing side of the audit log: the entry of a change, its diff, and which columns a diff may show. Reading is in ../audit-log.
 *
 * Every write calls `audit` inside its transaction, so that a change and its entry are one: if the entry cannot be written, the change is
 * not made.
 */
import { redactSecrets } from "#credentials/secret.ts";
import type { AuditAction, AuditResourceType } from "#sdk/audit.ts";
import type { Context } from "../access/context.ts";
import type { Database, Tx } from "../database/database.ts";
import { type AuditLogId, NIL_UUID, type OrganizationId } from "../ids.ts";
import { type Actor, actorOf } from "./actor.ts";
import { diffOf } from "./diff.ts";
import { insertEntry } from "./rows.ts";
import { boundedFields, boundedText } from "./size.ts";

export interface AuditEntry {
  readonly action: AuditAction;
  readonly resourceType: AuditResourceType;
  /** A UUID; {@link NIL_UUID} for keys, whose own id goes into `additional.key_id`. */
  readonly resourceId: string;
  /** What people call it, usually a name. */
  readonly target: string;
  readonly organizationId?: OrganizationId | null;
  readonly icon?: string;
  /** The row as it was; absent for new ones. Columns that tracked-fields.ts does not name are ignored. */
  readonly before?: object | undefined;
  /** The row as it is; absent if it was deleted. */
  readonly after?: object | undefined;
  /** Default: 200; otherwise the status of the refusal. */
  readonly status?: number;
  /** For people and programs, stored as they are: no secrets. */
  readonly additional?: Readonly<Record<string, unknown>>;
  /** Only the server itself may and must name an actor; without one, it writes no entry. Ignored for everybody else. */
  readonly actor?: Actor;
}

/** Writes the entry as part of the change that `tx` makes: call it where the change is made. */
export async function audit(context: Pick<Context, "guard" | "now" | "newId">, tx: Pick<Tx, "db">, entry: AuditEntry): Promise<void> {
  const actor = actorOf(context.guard.subject) ?? entry.actor;
  if (actor !== undefined) await auditAs(context, tx, actor, entry);
}

/** Writes the entry of a refused action, which has no transaction that the entry could be part of. */
export async function auditRefusal(context: Context, entry: AuditEntry & { readonly status: number }): Promise<void> {
  await context.write((tx) => audit(context, tx, entry));
}

/** For what no caller's access does: signing in, the end of a job. A write that changed nothing tracked leaves no entry. */
export async function auditAs(core: Pick<Database, "now" | "newId">, tx: Pick<Tx, "db">, actor: Actor, entry: AuditEntry): Promise<void> {
  const { action, resourceType, resourceId, target, organizationId, icon = "", status = 200, additional = {} } = entry;
  const diff = diffOf(resourceType, entry.before, entry.after);
  if (action === "write" && entry.before !== undefined && entry.after !== undefined && Object.keys(diff).length === 0) return;
  const { userId, apiKeyId = "", agentId, origin } = actor;
  await insertEntry(tx.db, {
    id: core.newId<AuditLogId>(),
    time: core.now(),
    user_id: userId,
    api_key_id: apiKeyId,
    organization_id: organizationId ?? null,
    ip: boundedText(origin?.ipAddress ?? "", 64),
    user_agent: boundedText(redactSecrets(origin?.userAgent ?? ""), 256),
    resource_type: resourceType,
    resource_id: resourceId,
    resource_target: boundedText(redactSecrets(target), 256),
    resource_icon: boundedText(icon, 256),
    action,
    diff,
    status_code: status,
    additional_fields: boundedFields({ ...additional, ...(agentId !== undefined && { agent_id: agentId }) }),
    request_id: origin !== undefined && UUID.test(origin.requestId) ? origin.requestId : NIL_UUID,
  });
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
