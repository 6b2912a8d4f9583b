import { ruled } from "../access/ruled.ts";
import { type AuditLogs, createAuditLogs } from "./audit-logs.ts";

export const listAuditLogs = ruled("auditLogs.list", (context, ...args: Parameters<AuditLogs["list"]>) =>
  createAuditLogs(context).list(...args),
);
