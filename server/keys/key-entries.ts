import type { AuditAction } from "#sdk/audit.ts";
import type { Context } from "../access/context.ts";
import type { ApiKey } from "../access/used-key-rows.ts";
import { audit } from "../audit/audit.ts";
import type { Tx } from "../database/database.ts";
import { NIL_UUID } from "../ids.ts";
import type { KeyChange } from "./key-lineage.ts";

/** Writes the entry of one key; in a chain, each key has its own. @param change a key without a `before` is new */
export function auditKeyChange(
  context: Pick<Context, "guard" | "now" | "newId">,
  tx: Pick<Tx, "db">,
  action: AuditAction,
  change: ApiKey | KeyChange,
  additional: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { before, after }: { readonly before?: ApiKey; readonly after?: ApiKey } = "before" in change ? change : { after: change };
  const key = after ?? before;
  return audit(context, tx, {
    action,
    resourceType: "api_key",
    resourceId: NIL_UUID,
    target: key?.token_name ?? "",
    before,
    after,
    additional: { key_id: key?.id, user_id: key?.user_id, ...additional },
  });
}
