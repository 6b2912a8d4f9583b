import type { Actor } from "../audit/actor.ts";
import { type AuditEntry, auditAs } from "../audit/audit.ts";
import type { Database, Tx } from "../database/database.ts";
import { NIL_UUID } from "../ids.ts";

type SessionEntry = Omit<AuditEntry, "action" | "resourceType" | "resourceId"> & { readonly action: "login" | "logout" };

/** The entry of somebody who signs in or out, or could not. */
export function auditSession(core: Pick<Database, "now" | "newId">, tx: Pick<Tx, "db">, actor: Actor, entry: SessionEntry): Promise<void> {
  return auditAs(core, tx, actor, { ...entry, resourceType: "api_key", resourceId: NIL_UUID });
}
