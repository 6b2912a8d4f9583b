/**
 * The ids of the store's rows. Parsing is the only way from a string to an id, and the compiler prevents one kind from standing in for
 * another.
 */
import { type TUnsafe, Type } from "typebox";
import { InvalidIdError } from "./errors.ts";

declare const brand: unique symbol;
type Id<Name extends string> = string & { readonly [brand]: Name };

interface IdKind<T extends string> {
  /** For path parameters and bodies: a UUID in any letter case. */
  readonly schema: TUnsafe<T>;
  /** @throws InvalidIdError if the text is not a UUID with dashes; the result is in lower case, as in rows */
  parse(text: string): T;
  is(text: string): text is T;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function idKind<T extends string>(name: string): IdKind<T> {
  const is = (text: string): text is T => UUID.test(text);
  return {
    schema: Type.Unsafe<T>(Type.String({ format: "uuid" })),
    is,
    parse: (text) => {
      const lower = text.toLowerCase();
      if (!is(lower)) throw new InvalidIdError(name, text);
      return lower;
    },
  };
}

/** The JSON value of a required field if no id is known. */
export const NIL_UUID = "00000000-0000-0000-0000-000000000000";

export type UserId = Id<"UserId">;
export const UserId = idKind<UserId>("user");
export type OrganizationId = Id<"OrganizationId">;
export const OrganizationId = idKind<OrganizationId>("organization");
export type FileId = Id<"FileId">;
export const FileId = idKind<FileId>("file");
export type TemplateId = Id<"TemplateId">;
export const TemplateId = idKind<TemplateId>("template");
export type TemplateVersionId = Id<"TemplateVersionId">;
export const TemplateVersionId = idKind<TemplateVersionId>("template version");
export type PresetId = Id<"PresetId">;
export const PresetId = idKind<PresetId>("preset");
export type WorkspaceId = Id<"WorkspaceId">;
export const WorkspaceId = idKind<WorkspaceId>("workspace");
export type WorkspaceBuildId = Id<"WorkspaceBuildId">;
export const WorkspaceBuildId = idKind<WorkspaceBuildId>("workspace build");
export type StateId = Id<"StateId">;
export const StateId = idKind<StateId>("Terraform state");
export type ResourceId = Id<"ResourceId">;
export const ResourceId = idKind<ResourceId>("workspace resource");
export type AgentId = Id<"AgentId">;
export const AgentId = idKind<AgentId>("workspace agent");
export type AppId = Id<"AppId">;
export const AppId = idKind<AppId>("workspace app");
export type ScriptId = Id<"ScriptId">;
export const ScriptId = idKind<ScriptId>("script");
export type LogSourceId = Id<"LogSourceId">;
export const LogSourceId = idKind<LogSourceId>("log source");
export type JobId = Id<"JobId">;
export const JobId = idKind<JobId>("provisioner job");
export type DaemonId = Id<"DaemonId">;
export const DaemonId = idKind<DaemonId>("provisioner daemon");
export type ProvisionerKeyId = Id<"ProvisionerKeyId">;
export const ProvisionerKeyId = idKind<ProvisionerKeyId>("provisioner key");
export type AuditLogId = Id<"AuditLogId">;
export const AuditLogId = idKind<AuditLogId>("audit log");
