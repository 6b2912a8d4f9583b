import type { DescField } from "@bufbuild/protobuf";
import { BYTES_LIMITS, type BytesKind, LIST_LIMITS, type ListKind, TEXT_LIMITS, type TextKind } from "#sdk/limits.ts";

interface FieldKinds {
  readonly text?: TextKind;
  /** Keys of a map. */
  readonly key?: TextKind;
  readonly list?: ListKind;
  readonly bytes?: BytesKind;
  /** NUL is replaced where the field is stored, because it comes from programs. Elsewhere it is refused, because PostgreSQL refuses it. */
  readonly mayHaveNul?: true;
}

const OUTPUT: FieldKinds = { text: "line", mayHaveNul: true };
const REPORT: FieldKinds = { text: "report", mayHaveNul: true };
const SCRIPT: FieldKinds = { text: "script", mayHaveNul: true };
const VALUE: FieldKinds = { text: "value" };
const CLEANED: FieldKinds = { text: "value", mayHaveNul: true };
const DESCRIPTION: FieldKinds = { text: "description" };
const ICON: FieldKinds = { text: "icon" };
const NAME: FieldKinds = { text: "name" };
const PARTS: FieldKinds = { list: "parts" };
const RESOURCES: FieldKinds = { list: "resources" };
const CONTENT: FieldKinds = { bytes: "content" };

/** Fields whose limits are not those of their type: `text`, `entries`, and `id` for bytes. */
const NAMED: Readonly<Record<string, FieldKinds>> = {
  "coder.agent.v2.Log.output": OUTPUT,
  "coder.agent.v2.BatchCreateLogsRequest.logs": { list: "lines" },
  "coder.agent.v2.Startup.version": NAME,
  "coder.agent.v2.Startup.subsystems": { list: "tags" },
  "coder.agent.v2.WorkspaceAgentMetadata.Result.value": REPORT,
  "coder.agent.v2.WorkspaceAgentMetadata.Result.error": REPORT,
  "provisioner.Agent.apps": PARTS,
  "provisioner.Agent.devcontainers": PARTS,
  "provisioner.Agent.env": { text: "value", list: "parts", key: "name" },
  "provisioner.Agent.extra_envs": PARTS,
  "provisioner.Agent.metadata": PARTS,
  "provisioner.Agent.name": NAME,
  "provisioner.Agent.scripts": PARTS,
  "provisioner.Agent.Metadata.script": { text: "script" },
  "provisioner.App.command": VALUE,
  "provisioner.App.icon": ICON,
  "provisioner.ChunkPiece.data": { bytes: "piece" },
  "provisioner.Devcontainer.apps": PARTS,
  "provisioner.Devcontainer.envs": PARTS,
  "provisioner.Devcontainer.scripts": PARTS,
  "provisioner.Env.value": VALUE,
  "provisioner.Preset.description": DESCRIPTION,
  "provisioner.Preset.icon": ICON,
  "provisioner.PresetParameter.value": VALUE,
  "provisioner.Resource.icon": ICON,
  "provisioner.Resource.Metadata.value": CLEANED,
  "provisioner.RichParameter.default_value": VALUE,
  "provisioner.RichParameter.description": DESCRIPTION,
  "provisioner.RichParameter.icon": ICON,
  "provisioner.RichParameterOption.description": DESCRIPTION,
  "provisioner.RichParameterOption.icon": ICON,
  "provisioner.RichParameterOption.value": VALUE,
  "provisioner.Script.icon": ICON,
  "provisioner.Script.script": SCRIPT,
  "provisioner.TemplateVariable.default_value": CLEANED,
  "provisioner.TemplateVariable.description": CLEANED,
  "provisioner.VariableValue.value": CLEANED,
  "provisionerd.CompletedJob.TemplateDryRun.resources": RESOURCES,
  "provisionerd.CompletedJob.TemplateImport.module_files": CONTENT,
  "provisionerd.CompletedJob.TemplateImport.plan": CONTENT,
  "provisionerd.CompletedJob.TemplateImport.start_resources": RESOURCES,
  "provisionerd.CompletedJob.TemplateImport.stop_resources": RESOURCES,
  "provisionerd.CompletedJob.WorkspaceBuild.resource_replacements": RESOURCES,
  "provisionerd.CompletedJob.WorkspaceBuild.resources": RESOURCES,
  "provisionerd.CompletedJob.WorkspaceBuild.state": CONTENT,
  "provisionerd.CompletedJob.WorkspaceBuild.timings": RESOURCES,
  "provisionerd.FailedJob.error": OUTPUT,
  "provisionerd.FailedJob.WorkspaceBuild.state": CONTENT,
  "provisionerd.FailedJob.WorkspaceBuild.timings": RESOURCES,
  "provisionerd.Log.output": OUTPUT,
  "provisionerd.Log.stage": { text: "stage", mayHaveNul: true },
  "provisionerd.StatePiece.data": { bytes: "piece" },
  "provisionerd.UpdateJobRequest.logs": { list: "lines" },
  "provisionerd.UpdateJobRequest.readme": { bytes: "readme" },
  "provisionerd.UpdateJobRequest.workspace_build_state": CONTENT,
  "provisionerd.UpdateJobRequest.workspace_tags": { list: "tags", text: "name", key: "name" },
};

export const NAMED_FIELDS: readonly string[] = Object.keys(NAMED);

export interface FieldLimits {
  readonly characters: number;
  readonly keyCharacters: number;
  readonly entries: number;
  readonly bytes: number;
  readonly mayHaveNul: boolean;
}

export function limitsOf(field: DescField): FieldLimits {
  const { text = "text", key = "name", list = "entries", bytes = "id", mayHaveNul = false } = NAMED[fullName(field)] ?? {};
  return {
    characters: TEXT_LIMITS[text],
    keyCharacters: TEXT_LIMITS[key],
    entries: LIST_LIMITS[list],
    bytes: BYTES_LIMITS[bytes],
    mayHaveNul,
  };
}

export function fullName(field: DescField): string {
  return `${field.parent.typeName}.${field.name}`;
}
