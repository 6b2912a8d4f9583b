import type { FileId, OrganizationId, TemplateId, TemplateVersionId } from "../ids.ts";
import type { Job } from "./jobs.ts";
import type { ProvisionerType, Row } from "./tables.ts";

export type TemplateVersion = Row<"template_versions"> & {
  readonly created_by_username: string;
  readonly created_by_name: string;
  readonly created_by_avatar_url: string;
  readonly job: Job;
};

export type TemplateVersionVariable = Omit<Row<"template_version_variables">, "value"> & {
  /** As stored; the API hides it when `sensitive`. */
  readonly value: string;
};

export type Preset = Row<"template_version_presets"> & {
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
};

export interface NewTemplateVersion {
  readonly organizationId: OrganizationId;
  readonly templateId?: TemplateId;
  readonly fileId: FileId;
  readonly provisioner: ProvisionerType;
  /** Absent: a random one. */
  readonly name?: string;
  readonly message?: string;
  /** Tags of the request; the server adds `scope` and `owner`. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly userVariableValues?: readonly { readonly name: string; readonly value: string }[];
}

export interface TemplateVersions {
  /** Enqueues the import job with it. @throws NameTakenError within the template */
  create(version: NewTemplateVersion): Promise<TemplateVersion>;
  get(id: TemplateVersionId): Promise<TemplateVersion>;
  getByName(templateId: TemplateId, name: string): Promise<TemplateVersion>;
  /** Oldest first. */
  list(
    templateId: TemplateId,
    filter?: {
      readonly limit?: number;
      readonly offset?: number;
      readonly afterId?: TemplateVersionId;
      readonly includeArchived?: boolean;
    },
  ): Promise<readonly TemplateVersion[]>;
  update(id: TemplateVersionId, patch: { readonly name?: string; readonly message?: string }): Promise<TemplateVersion>;
  parameters(id: TemplateVersionId): Promise<readonly Row<"template_version_parameters">[]>;
  variables(id: TemplateVersionId): Promise<readonly TemplateVersionVariable[]>;
  presets(id: TemplateVersionId): Promise<readonly Preset[]>;
}
