import type { AuditAction, AuditLog, AuditResourceType } from "#sdk/audit.ts";
import { NIL_UUID } from "../ids.ts";
import { userJson } from "../people/json.ts";
import type { AuditLogEntry } from "./rows.ts";

export function auditLogJson(entry: AuditLogEntry): AuditLog {
  const { organization, user } = entry;
  return {
    id: entry.id,
    request_id: entry.request_id,
    time: entry.time.toISOString(),
    ip: entry.ip,
    user_agent: entry.user_agent,
    resource_type: entry.resource_type,
    resource_id: entry.resource_id,
    resource_target: entry.resource_target,
    resource_icon: entry.resource_icon,
    action: entry.action,
    diff: entry.diff,
    status_code: entry.status_code,
    additional_fields: { ...entry.additional_fields },
    description: describe(entry),
    resource_link: linkTo(entry),
    is_deleted: isDeleted(entry),
    organization_id: entry.organization_id ?? NIL_UUID,
    ...(organization !== undefined && { organization }),
    user: user === undefined ? null : userJson(user),
    api_key_id: entry.api_key_id,
  };
}

/** A refused or failed action may not have created anything that could be deleted. */
function isDeleted({ resource, resource_type, status_code, additional_fields }: AuditLogEntry): boolean {
  if (resource !== undefined || status_code >= 400) return false;
  return resource_type !== "api_key" || additional_fields.key_id !== undefined;
}

function linkTo({ resource, resource_type }: AuditLogEntry): string {
  if (resource === undefined) return "";
  const { name = "", workspace, buildNumber, templateName } = resource;
  const segment = encodeURIComponent;
  switch (resource_type) {
    case "template":
      return `/templates/${segment(name)}`;
    case "template_version":
      return templateName ? `/templates/${segment(templateName)}/versions/${segment(name)}` : "";
    case "user":
      return `/users?filter=${segment(name)}`;
    case "organization":
      return `/organizations/${segment(name)}`;
    case "workspace":
    case "workspace_agent":
      return workspace === undefined ? "" : `/@${segment(workspace.owner)}/${segment(workspace.name)}`;
    case "workspace_build":
      return workspace === undefined ? "" : `/@${segment(workspace.owner)}/${segment(workspace.name)}/builds/${buildNumber}`;
    case "api_key":
    case "external_auth_link":
    case "file":
    case "git_ssh_key":
    case "organization_member":
    case "provisioner_key":
      return "";
    default:
      throw new Error(`unknown audited type ${resource_type satisfies never}`);
  }
}

const TITLES: Readonly<Record<AuditResourceType, string>> = {
  api_key: "API key",
  external_auth_link: "external authentication",
  file: "file",
  git_ssh_key: "Git SSH key of",
  organization: "organization",
  organization_member: "organization member",
  provisioner_key: "provisioner key",
  template: "template",
  template_version: "template version",
  user: "user",
  workspace: "workspace",
  workspace_agent: "agent",
  workspace_build: "workspace",
};

/** `done` is for what happened, `tried` for what did not. */
const VERBS: Readonly<Record<AuditAction, { readonly done: string; readonly tried: string }>> = {
  close: { done: "closed", tried: "close" },
  connect: { done: "connected to", tried: "connect to" },
  create: { done: "created", tried: "create" },
  delete: { done: "deleted", tried: "delete" },
  disconnect: { done: "disconnected from", tried: "disconnect from" },
  login: { done: "signed in", tried: "sign in" },
  logout: { done: "signed out", tried: "sign out" },
  open: { done: "opened", tried: "open" },
  register: { done: "registered", tried: "register" },
  request_password_reset: { done: "requested a password reset for", tried: "request a password reset for" },
  start: { done: "started", tried: "start" },
  stop: { done: "stopped", tried: "stop" },
  write: { done: "changed", tried: "change" },
};

function describe({ action, resource_type, resource_target, status_code, additional_fields, user }: AuditLogEntry): string {
  const who = user?.username ?? "an unknown user";
  const isOfThemselves = action === "login" || action === "logout" || action === "register";
  const what = isOfThemselves ? "" : ` ${TITLES[resource_type]} ${resource_target}`.trimEnd();
  if (resource_type === "workspace_build") {
    if (action === "write") return `${who} canceled build ${additional_fields.build_number} of${what}`;
    if (status_code >= 400) return `${who}'s attempt to ${VERBS[action].tried}${what} failed`;
    if (action === "delete") return `${who} began to delete${what}`;
  }
  if (status_code >= 400) return `${who} tried to ${VERBS[action].tried}${what} and was refused`;
  return `${who} ${VERBS[action].done}${what}`;
}
