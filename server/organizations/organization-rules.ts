import type { UpdateWorkspaceSharingSettingsRequest } from "#sdk/organizations.ts";
import type { WorkspaceSharing } from "../database/tables/organizations.ts";
import { FieldChecks } from "../input/names.ts";

const MAX_DESCRIPTION = 1_024;

/** The texts of an organization. A field that is undefined is not checked. */
export interface OrganizationTexts {
  readonly name?: string;
  readonly display_name: string | undefined;
  readonly description: string | undefined;
  readonly icon: string | undefined;
}

/** @throws InvalidInputError naming the fields */
export function checkOrganizationTexts({ name, display_name, description = "", icon }: OrganizationTexts): void {
  const checks = new FieldChecks();
  if (name !== undefined) checks.name("name", name);
  if (name?.toLowerCase() === "default") checks.add("name", "The name default is reserved.");
  if (display_name !== undefined) checks.displayName("display_name", display_name);
  if (description.length > MAX_DESCRIPTION) checks.add("description", `A description can have at most ${MAX_DESCRIPTION} characters.`);
  if (icon !== undefined) checks.imageAddress("icon", icon);
  checks.done();
}

/** Clients say whose workspaces may be shared or, if they are older, only whether any may be. */
export function sharingOf({
  shareable_workspace_owners: owners = "",
  sharing_disabled = false,
}: UpdateWorkspaceSharingSettingsRequest): WorkspaceSharing {
  if (owners !== "") return owners;
  return sharing_disabled ? "none" : "everyone";
}
