import { Type } from "typebox";
import { AuditLogResponse } from "#sdk/audit.ts";
import { Text } from "#sdk/limits.ts";
import { accessOf, userOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { PageQuery, pageOf } from "../http/page.ts";
import { AuditLogId } from "../ids.ts";

import { auditLogJson } from "./json.ts";
import { AUDIT_COUNT_CAP, listAuditLogs } from "./list-audit-logs.ts";
import { parseAuditSearch } from "./search-audit-logs.ts";

export function auditRoutes(app: App): void {
  app.get(
    "/api/v2/audit",
    {
      config: { needs: ["audit_log:read on any organization or 403", "audit_log:read on each entry or less"] },
      schema: {
        operationId: "listAuditLogs",
        summary: "List audit log entries, newest first",
        description:
          "`q` accepts the keys resource_type (also as a bare word), action, resource_id, resource_target, request_id, username (or `me`), " +
          "email, organization, date_from, date_to (both `YYYY-MM-DD`) and build_reason. A caller who may read the log of some organizations " +
          "gets the entries of these.",
        tags: ["Audit"],
        querystring: Type.Object({ q: Type.Optional(Text("query")), after_id: Type.Optional(AuditLogId.schema), ...PageQuery }),
        response: { 200: AuditLogResponse },
      },
    },
    async (request) => {
      const { subject } = userOf(request);
      const { q = "", after_id: afterId } = request.query;
      const { entries, count } = await listAuditLogs(accessOf(request), parseAuditSearch(q, subject.id), {
        ...pageOf(request.query),
        ...(afterId !== undefined && { afterId }),
      });
      return { audit_logs: entries.map(auditLogJson), count, count_cap: AUDIT_COUNT_CAP };
    },
  );
}
