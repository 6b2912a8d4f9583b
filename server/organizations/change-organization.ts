import type { CreateOrganizationRequest, UpdateOrganizationRequest, UpdateWorkspaceSharingSettingsRequest } from "#sdk/organizations.ts";
import type { Access } from "../access/access.ts";
import type { OrganizationId } from "../ids.ts";
import { FieldChecks } from "../input/names.ts";
import type { Organization } from "./organizations.ts";
import { insertOrganization, patchOrganization } from "./queries.ts";

/** @throws InvalidInputError naming the fields, NameTakenError */
export async function createOrganization(access: Access, request: CreateOrganizationRequest) {
  const { name, display_name = "", description = "", icon = "" } = request;
  checked({ name, display_name, description, icon });
  return insertOrganization(access, { name, displayName: display_name === "" ? name : display_name, description, icon });
}

/** What the request leaves out stays as it is. @throws InvalidInputError naming the fields, NameTakenError, NotAllowedError */
export async function updateOrganization(access: Access, current: Organization, request: UpdateOrganizationRequest): Promise<Organization> {
  const { name, display_name, description, icon, default_org_member_roles } = request;
  // The default organization may keep its name, which nobody else can have.
  const isRenamed = name !== undefined && name !== current.name;
  checked({ ...(isRenamed && { name }), display_name, description, icon });
  return patchOrganization(access, current.id, {
    ...(isRenamed && { name }),
    ...(display_name !== undefined && { displayName: display_name }),
    ...(description !== undefined && { description }),
    ...(icon !== undefined && { icon }),
    ...(default_org_member_roles !== undefined && { defaultMemberRoles: default_org_member_roles }),
  });
}

export function updateSharing(
  access: Access,
  id: OrganizationId,
  { shareable_workspace_owners: owners = "", sharing_disabled = false }: UpdateWorkspaceSharingSettingsRequest,
): Promise<Organization> {
  return patchOrganization(access, id, { workspaceSharing: owners === "" ? (sharing_disabled ? "none" : "everyone") : owners });
}

const MAX_DESCRIPTION = 1_024;

interface Texts {
  readonly name?: string;
  readonly display_name: string | undefined;
  readonly description: string | undefined;
  readonly icon: string | undefined;
}

function checked({ name, display_name, description = "", icon }: Texts): void {
  const checks = new FieldChecks();
  if (name !== undefined) checks.name("name", name);
  if (name?.toLowerCase() === "default") checks.add("name", "The name default is reserved.");
  if (display_name !== undefined) checks.displayName("display_name", display_name);
  if (description.length > MAX_DESCRIPTION) checks.add("description", `A description has at most ${MAX_DESCRIPTION} characters.`);
  if (icon !== undefined) checks.imageAddress("icon", icon);
  checks.done();
}
