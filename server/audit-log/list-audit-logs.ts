import { permitted } from "../access/permitted-rows.ts";
import { ruled } from "../access/ruled.ts";
import { notInList } from "../database/paging.ts";
import type { AuditLogId } from "../ids.ts";
import { type AuditFilter, type AuditLogEntry, countUpTo, findPage, placeOf, selectMatching } from "./rows.ts";

/** Counting every match would read the whole log for a page of it. */
export const AUDIT_COUNT_CAP = 2_000;

/** On one page. Anybody with a key can fill the log with refusals, and all of it at once would fill the memory of the server. */
const MOST_ENTRIES = AUDIT_COUNT_CAP;

interface PageOfLog {
  /** 0 or absent: as many as a page may have. */
  readonly limit?: number;
  readonly offset?: number;
  readonly afterId?: AuditLogId;
}

/**
 * Newest first: the entries of the organizations whose log the subject may read, or all, and at most {@link AUDIT_COUNT_CAP} of them.
 * `count` is the number of matches before limit and offset, and stops there too.
 *
 * @throws ForbiddenError for who may read none, not even in one organization; InvalidInputError for an `afterId` that the list does not hold
 */
export const listAuditLogs = ruled(
  "auditLogs.list",
  async (
    context,
    filter: AuditFilter = {},
    { limit = 0, offset, afterId }: PageOfLog = {},
  ): Promise<{ readonly entries: readonly AuditLogEntry[]; readonly count: number }> => {
    const { db, guard } = context;
    guard.requireOpenly("read", { type: "audit_log", anyOrganization: true });
    const isShown = permitted(context, "read", "audit_log", { id: "log.id", organizationId: "log.organization_id" });
    const matching = selectMatching(db, filter, isShown);
    const behind = afterId === undefined ? undefined : await placeOf(matching, afterId);
    if (afterId !== undefined && behind === undefined) throw notInList();
    const count = await countUpTo(db, matching, AUDIT_COUNT_CAP);
    const atMost = limit === 0 ? MOST_ENTRIES : Math.min(limit, MOST_ENTRIES);
    return { entries: await findPage(db, matching, { behind, limit: atMost, offset }), count };
  },
);
