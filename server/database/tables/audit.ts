import type { Generated } from "kysely";
import type { AuditAction, AuditDiff, AuditResourceType } from "#sdk/audit.ts";
import type { AuditLogId, OrganizationId, UserId } from "../../ids.ts";
import type { Uuid } from "./column-values.ts";

/** What was done, by whom, and what it changed. */
export interface AuditTables {
  audit_logs: {
    /** The order of writing. */
    number: Generated<number>;
    id: AuditLogId;
    time: Date;
    /** Null if the user is unknown. */
    user_id: UserId | null;
    /** The key that acted; empty if there was none. */
    api_key_id: Generated<string>;
    organization_id: OrganizationId | null;
    ip: string;
    user_agent: string;
    resource_type: AuditResourceType;
    /** All zeros if the resource's id is not a UUID. */
    resource_id: Uuid;
    resource_target: string;
    resource_icon: Generated<string>;
    action: AuditAction;
    diff: AuditDiff;
    status_code: number;
    additional_fields: Readonly<Record<string, unknown>>;
    request_id: Uuid;
  };
}
