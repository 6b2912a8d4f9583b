import type { OrganizationId, TemplateId, TemplateVersionId } from "../ids.ts";
import type { ProvisionerType, Row, RowPatch } from "./tables.ts";

export type Template = Row<"templates"> & {
  readonly organization_name: string;
  readonly organization_display_name: string;
  readonly organization_icon: string;
  readonly created_by_username: string;
};

export interface NewTemplate {
  readonly organizationId: OrganizationId;
  /** Must have been imported with success, and belong to no template. It becomes the active one. */
  readonly versionId: TemplateVersionId;
  readonly name: string;
  readonly provisioner?: ProvisionerType;
  /** Default false: members of the organization may read and use it. */
  readonly hiddenFromEveryone?: boolean;
  readonly settings?: TemplateSettings;
}

/** Columns that a caller may set; absent ones stay as they are, or get their default. */
export type TemplateSettings = Omit<
  RowPatch<"templates">,
  "id" | "organization_id" | "provisioner" | "active_version_id" | "created_by" | "deleted" | "created_at" | "updated_at"
>;

export interface Templates {
  /** @throws NameTakenError, JobNotCompletedError */
  create(template: NewTemplate): Promise<Template>;
  get(id: TemplateId): Promise<Template>;
  getByName(organizationId: OrganizationId, name: string): Promise<Template>;
  /** By name; without deleted ones. */
  list(filter?: { readonly organizationId?: OrganizationId; readonly exactName?: string }): Promise<readonly Template[]>;
  update(id: TemplateId, settings: TemplateSettings): Promise<Template>;
  /** The version must be the template's own, imported with success, and not archived. */
  setActiveVersion(id: TemplateId, versionId: TemplateVersionId): Promise<void>;
  /** @throws InUseError while workspaces use it */
  delete(id: TemplateId): Promise<void>;
}
