import { ZERO_UUID } from "#sdk/scalars.ts";
import type { CreateWorkspaceBuildRequest } from "#sdk/workspace-builds.ts";
import { InvalidInputError } from "../errors.ts";
import { PresetId, TemplateVersionId, type WorkspaceId } from "../ids.ts";
import type { NewBuild } from "./new-build.ts";

/** Checks and translates a request for a build. @throws InvalidInputError */
export function parseNewBuild(workspaceId: WorkspaceId, request: CreateWorkspaceBuildRequest): NewBuild {
  const { transition, orphan = false, state = "", reason } = request;
  const versionId = request.template_version_id;
  const presetId = request.template_version_preset_id;
  if (request.dry_run) throw new InvalidInputError("dry-run builds are not supported", [{ field: "dry_run", detail: "Leave it out." }]);
  if (request.on_success !== undefined)
    throw new InvalidInputError("chained builds are not supported", [{ field: "on_success", detail: "Leave it out." }]);
  if (orphan && (transition !== "delete" || state !== ""))
    throw new InvalidInputError("orphan is allowed only for a delete without a state", [
      { field: "orphan", detail: "Leave it out, or request a delete without a state." },
    ]);
  return {
    workspaceId,
    transition,
    ...(versionId !== undefined && versionId !== ZERO_UUID && { templateVersionId: TemplateVersionId.parse(versionId) }),
    ...(presetId !== undefined && presetId !== ZERO_UUID && { presetId: PresetId.parse(presetId) }),
    parameters: request.rich_parameter_values ?? [],
    ...(request.log_level !== undefined && { logLevel: request.log_level }),
    ...(orphan ? { state: new Uint8Array(0) } : state !== "" && { state: fromBase64(state) }),
    ...((reason === "cli" || reason === "dashboard" || reason === "ssh_connection") && { reason }),
  };
}

/** @throws InvalidInputError */
export function fromBase64(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0)
    throw new InvalidInputError("the state is not valid base64", [{ field: "state", detail: "Must be standard base64." }]);
  return Buffer.from(text, "base64");
}
