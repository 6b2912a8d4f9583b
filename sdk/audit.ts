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

/** What is audited. `external_auth_link`, `file` and `provisioner_key` are this server's own; the others are named as other servers name them. */
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
  /** Left out when there was nothing before. */
  old: Type.Optional(Type.Unknown()),
  /** Left out when there is nothing any more. */
  new: Type.Optional(Type.Unknown()),
  /** The field changed, and neither value is told. */
  secret: Type.Boolean(),
});
export type AuditDiffField = Static<typeof AuditDiffField>;

/** By the name of the field. Only fields that changed. */
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
  /** As in the answer's header `X-Coder-Request-Id`. All zeros for what no request did. */
  request_id: Uuid,
  time: DateTime,
  ip: Type.String(),
  user_agent: Type.String(),
  resource_type: AuditResourceType,
  /** All zeros for keys, whose id is no UUID: see `additional_fields.key_id`. */
  resource_id: Uuid,
  /** What people call it: a name, mostly. */
  resource_target: Type.String(),
  resource_icon: Type.String(),
  action: AuditAction,
  diff: AuditDiff,
  /** 200 for what was done, else the status of the refusal. */
  status_code: Type.Integer(),
  additional_fields: Type.Record(Type.String(), Type.Unknown()),
  /** One sentence for people. */
  description: Type.String(),
  /** Path in the dashboard; empty when there is none, or no longer. */
  resource_link: Type.String(),
  is_deleted: Type.Boolean(),
  /** All zeros for what belongs to no organization. */
  organization_id: Uuid,
  organization: Type.Optional(MinimalOrganization),
  /** Null when nobody known did it: a sign-in under an address that nobody has. */
  user: Nullable(User),
  /** Id of the session key or API token that acted; empty when there was none, as in a sign-in. */
  api_key_id: Type.String(),
});
export type AuditLog = Static<typeof AuditLog>;

export const AuditLogResponse = Type.Object({
  audit_logs: Type.Array(AuditLog),
  /** Matches before limit and offset, but no more than `count_cap`. */
  count: Type.Integer(),
  /** Where counting stops; 0: nowhere. */
  count_cap: Type.Integer(),
});
export type AuditLogResponse = Static<typeof AuditLogResponse>;
