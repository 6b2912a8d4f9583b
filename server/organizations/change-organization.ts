import type { CreateOrganizationRequest, UpdateOrganizationRequest, UpdateWorkspaceSharingSettingsRequest } from "#sdk/organizations.ts";
import type { OrganizationId } from "../ids.ts";
import { FieldChecks } from "../input/names.ts";
import type { Organization, Organizations } from "./organizations.ts";

/** @throws InvalidInputError naming the fields, NameTakenError */
export async function createOrganization(organizations: Pick<Organizations, "create">, request: CreateOrganizationRequest) {
  const { name, display_name = "", description = "", icon = "" } = request;
  checked({ name, display_name, description, icon });
  return organizations.create({ name, displayName: display_name === "" ? name : display_name, description, icon });
}

/** What the request leaves out stays as it is. @throws InvalidInputError naming the fields, NameTakenError, NotAllowedError */
export async function updateOrganization(
  organizations: Pick<Organizations, "update">,
  current: Organization,
  request: UpdateOrganizationRequest,
): Promise<Organization> {
  const { name, display_name, description, icon, default_org_member_roles } = request;
  // The default organization may keep its name, which nobody else can have.
  const isRenamed = name !== undefined && name !== current.name;
  checked({ ...(isRenamed && { name }), display_name, description, icon });
  return organizations.update(current.id, {
    ...(isRenamed && { name }),
    ...(display_name !== undefined && { displayName: display_name }),
    ...(description !== undefined && { description }),
    ...(icon !== undefined && { icon }),
    ...(default_org_member_roles !== undefined && { defaultMemberRoles: default_org_member_roles }),
  });
}

export function updateSharing(
  organizations: Pick<Organizations, "update">,
  id: OrganizationId,
  { shareable_workspace_owners: owners = "", sharing_disabled = false }: UpdateWorkspaceSharingSettingsRequest,
): Promise<Organization> {
  return organizations.update(id, { workspaceSharing: owners === "" ? (sharing_disabled ? "none" : "everyone") : owners });
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
