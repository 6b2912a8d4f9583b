import type { BuildReason, Transition } from "../database/tables/workspaces.ts";
import type { PresetId, TemplateVersionId, UserId, WorkspaceId } from "../ids.ts";

export interface NewBuild {
  readonly workspaceId: WorkspaceId;
  readonly transition: Transition;
  /** Default: the last build's version, or the active version for a start of a template that requires it. */
  readonly templateVersionId?: TemplateVersionId;
  readonly presetId?: PresetId;
  /** The last build's values for other parameters carry over, unless these are ephemeral. */
  readonly parameters?: readonly { readonly name: string; readonly value: string }[];
  readonly reason?: BuildReason;
  /** Turns on Terraform's trace; requires `update` on the template. */
  readonly logLevel?: string;
  /** Replaces the state from which the build starts; needs `update` on the template. If empty, a delete destroys no resources. */
  readonly state?: Uint8Array;
  /** The user in whose name the server itself acts; ignored for every other caller. */
  readonly initiatorId?: UserId;
}
