import type { Origin } from "#authz/subject.ts";
import type { Database } from "../database/database.ts";
import { findNameByEmail } from "./rows.ts";
import { auditSession } from "./session-entries.ts";

/**
 * Writes down that somebody could not sign in. About an address that nobody has it writes as much, without a user and without the
 * address, where people type their passwords by mistake: neither the time of an answer nor the log tells the two apart.
 */
export function refuseSignIn(core: Database, { email, origin }: { readonly email: string; readonly origin: Origin }): Promise<void> {
  return core.write(async (tx) => {
    const user = await findNameByEmail(tx.db, email);
    const actor = { userId: user?.id ?? null, origin };
    await auditSession(core, tx, actor, { action: "login", target: user?.username ?? "", status: 401 });
  });
}
