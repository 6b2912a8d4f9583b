/** The audit log: who changed what, with which key, from where. */
import { type Static, Type } from "typebox";
import { DateTime, Nullable, Uuid } from "./scalars.ts";
import { User } from "./users.ts";

export const AuditAction = Type.Enum([
  "close",
  "connect",
  "create",
  "delete",
  "disconnect",
  "login",
  "logout",
  "open",
  "register",
  "request_password_reset",
  "start",
  "stop",
  "write",
]);
export type AuditAction = Static<typeof AuditAction>;

/** Audited types. `external_auth_link`, `file` and `provisioner_key` exist only here; the others have the names that other servers use. */
export const AuditResourceType = Type.Enum([
  "api_key",
  "external_auth_link",
  "file",
  "git_ssh_key",
  "organization",
  "organization_member",
  "provisioner_key",
  "template",
  "template_version",
  "user",
  "workspace",
  "workspace_agent",
  "workspace_build",
]);
export type AuditResourceType = Static<typeof AuditResourceType>;

export const AuditDiffField = Type.Object({
  /** Absent if there was no value before. */
  old: Type.Optional(Type.Unknown()),
  /** Absent if there is no value any more. */
  new: Type.Optional(Type.Unknown()),
  /** The field changed, but neither value is shown. */
  secret: Type.Boolean(),
});
export type AuditDiffField = Static<typeof AuditDiffField>;

/** Changed fields, by name. */
export const AuditDiff = Type.Record(Type.String(), AuditDiffField);
export type AuditDiff = Static<typeof AuditDiff>;

export const MinimalOrganization = Type.Object({
  id: Uuid,
  name: Type.String(),
  display_name: Type.String(),
  icon: Type.String(),
});
export type MinimalOrganization = Static<typeof MinimalOrganization>;

export const AuditLog = Type.Object({
  id: Uuid,
  /** Same value as in the response header `X-Coder-Request-Id`. All zeros if no request caused the entry. */
  request_id: Uuid,
  time: DateTime,
  ip: Type.String(),
  user_agent: Type.String(),
  resource_type: AuditResourceType,
  /** All zeros for keys, whose ID is not a UUID: see `additional_fields.key_id`. */
  resource_id: Uuid,
  /** What people call the resource, usually its name. */
  resource_target: Type.String(),
  resource_icon: Type.String(),
  action: AuditAction,
  diff: AuditDiff,
  /** 200 if the action was done, otherwise the status of the refusal. */
  status_code: Type.Integer(),
  additional_fields: Type.Record(Type.String(), Type.Unknown()),
  /** One sentence for people. */
  description: Type.String(),
  /** Path in the dashboard; empty if there is none, or no longer one. */
  resource_link: Type.String(),
  is_deleted: Type.Boolean(),
  /** All zeros if the resource belongs to no organization. */
  organization_id: Uuid,
  organization: Type.Optional(MinimalOrganization),
  /** Null if no known user did it, such as a sign-in with an unknown address. */
  user: Nullable(User),
  /** ID of the session key or API token that acted; empty if there was none, as in a sign-in. */
  api_key_id: Type.String(),
});
export type AuditLog = Static<typeof AuditLog>;

export const AuditLogResponse = Type.Object({
  audit_logs: Type.Array(AuditLog),
  /** Number of matches before limit and offset, but at most `count_cap`. */
  count: Type.Integer(),
  /** Where counting stops; 0 means no cap. */
  count_cap: Type.Integer(),
});
export type AuditLogResponse = Static<typeof AuditLogResponse>;
