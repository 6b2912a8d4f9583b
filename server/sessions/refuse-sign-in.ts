import type { Origin } from "#authz/subject.ts";
import type { Database } from "../database/database.ts";
import { findNameByEmail } from "./rows.ts";
import { auditSession } from "./session-entries.ts";

/**
 * Records that somebody could not sign in. For an address that nobody has it writes as much, but without a user and without the address,
 * because people type their passwords there by mistake. Neither the time of the answer nor the log distinguishes the two cases.
 */
export function refuseSignIn(core: Database, { email, origin }: { readonly email: string; readonly origin: Origin }): Promise<void> {
  return core.write(async (tx) => {
    const user = await findNameByEmail(tx.db, email);
    const actor = { userId: user?.id ?? null, origin };
    await auditSession(core, tx, actor, { action: "login", target: user?.username ?? "", status: 401 });
  });
}
