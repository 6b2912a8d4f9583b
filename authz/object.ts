import type { Action, ResourceType } from "./resource-types.ts";

/** Who may do what with one object: maps a user or group id to actions, where `*` is any action. */
export type Acl = Readonly<Record<string, readonly string[]>>;

/** What a decision is about. The functions in this file say as which object a record is checked, which is not always its own type. */
export interface AuthzObject<T extends ResourceType = ResourceType> {
  readonly type: T;
  /** Absent if the object does not exist yet, or has no id that an allow list could name. */
  readonly id?: string | undefined;
  readonly ownerId?: string | undefined;
  /** Absent, empty and the all-zero UUID all mean no organization. */
  readonly organizationId?: string | undefined;
  /** Asks about an object in whichever of the subject's organizations allows the most. Cannot be combined with `organizationId`. */
  readonly anyOrganization?: true;
  readonly userAcl?: Acl | undefined;
  /** The group with the organization's id contains every member of the organization. */
  readonly groupAcl?: Acl | undefined;
}

const NO_ORGANIZATION = "00000000-0000-0000-0000-000000000000";

export function organizationOf(object: { readonly organizationId?: string | undefined }): string | undefined {
  return object.organizationId === "" || object.organizationId === NO_ORGANIZATION ? undefined : object.organizationId;
}

/** Whether objects of this type have an ACL. An ACL on an object of any other type is ignored. */
export function isShareable(type: ResourceType): boolean {
  return type === "workspace" || type === "template" || type === "group";
}

export function listsAction(acl: Acl | undefined, id: string, action: Action): boolean {
  if (acl === undefined || !Object.hasOwn(acl, id)) return false;
  const listed = acl[id];
  return listed !== undefined && (listed.includes(action) || listed.includes("*"));
}

interface Shared {
  readonly userAcl?: Acl | undefined;
  readonly groupAcl?: Acl | undefined;
}

/** A workspace and all that belongs to it: builds, resources, agents, their logs and metadata. Shares do not apply while it is dormant. */
export function workspaceObject(
  workspace: { readonly id?: string; readonly ownerId: string; readonly organizationId: string; readonly isDormant?: boolean } & Shared,
): AuthzObject<"workspace" | "workspace_dormant"> {
  const { id, ownerId, organizationId, userAcl, groupAcl } = workspace;
  if (workspace.isDormant) return { type: "workspace_dormant", id, ownerId, organizationId };
  return { type: "workspace", id, ownerId, organizationId, userAcl, groupAcl };
}

/** A template and its versions (by the template's id). A version that has no template yet has no id here. */
export function templateObject(template: { readonly id?: string; readonly organizationId: string } & Shared): AuthzObject<"template"> {
  const { id, organizationId, userAcl, groupAcl } = template;
  return { type: "template", id, organizationId, userAcl, groupAcl };
}

/**
 * A user and the user's personal data: Git SSH key, external-auth links, login links.
 * Reading the personal data is `read_personal`, changing it is `update_personal`.
 */
export function userObject(userId: string): AuthzObject<"user"> {
  return { type: "user", id: userId, ownerId: userId };
}

/** A session key or API token. Its id is not a UUID, so an allow list can only name all keys. */
export function apiKeyObject(key: { readonly id?: string; readonly userId: string }): AuthzObject<"api_key"> {
  return { type: "api_key", id: key.id, ownerId: key.userId };
}

export function fileObject(file: { readonly id?: string; readonly createdBy: string }): AuthzObject<"file"> {
  return { type: "file", id: file.id, ownerId: file.createdBy };
}

export function organizationObject(organizationId: string): AuthzObject<"organization"> {
  return { type: "organization", id: organizationId, organizationId };
}

/** A user's membership; its id is the user's. */
export function organizationMemberObject(member: {
  readonly userId: string;
  readonly organizationId: string;
}): AuthzObject<"organization_member"> {
  return { type: "organization_member", id: member.userId, ownerId: member.userId, organizationId: member.organizationId };
}

/** A group's own ACL lets its members read it. */
export function groupObject(group: { readonly id?: string; readonly organizationId: string }): AuthzObject<"group"> {
  const groupAcl: Acl | undefined = group.id === undefined ? undefined : { [group.id]: ["read"] };
  return { type: "group", id: group.id, organizationId: group.organizationId, groupAcl };
}

/** A job of the provisioner queue. It has no id here: an allow list can only name all jobs. */
export function provisionerJobObject(job: { readonly organizationId: string }): AuthzObject<"provisioner_jobs"> {
  return { type: "provisioner_jobs", organizationId: job.organizationId };
}

/** A daemon or a provisioner key. */
export function provisionerDaemonObject(daemon: {
  readonly id?: string;
  readonly organizationId: string;
}): AuthzObject<"provisioner_daemon"> {
  return { type: "provisioner_daemon", id: daemon.id, organizationId: daemon.organizationId };
}

/** The right to give and take any site role. */
export function roleObject(): AuthzObject<"assign_role"> {
  return { type: "assign_role" };
}

/** The right to give and take the roles of one organization. */
export function orgRoleObject(organizationId: string): AuthzObject<"assign_org_role"> {
  return { type: "assign_org_role", organizationId };
}
