import type { BuildReason, Transition } from "../database/tables.ts";
import type { PresetId, TemplateVersionId, UserId, WorkspaceId } from "../ids.ts";

export interface NewBuild {
  readonly workspaceId: WorkspaceId;
  readonly transition: Transition;
  /** Default: the last build's; for a start of a template that requires its active version, that one. */
  readonly templateVersionId?: TemplateVersionId;
  readonly presetId?: PresetId;
  /** Values of the last build that are not named here carry over, except ephemeral parameters. */
  readonly parameters?: readonly { readonly name: string; readonly value: string }[];
  readonly reason?: BuildReason;
  /** Turns on Terraform's trace; requires `update` on the template. */
  readonly logLevel?: string;
  /** Replaces the state that the build starts from; requires `update` on the template. Empty with `delete`: forget, do not destroy. */
  readonly state?: Uint8Array;
  /** Ignored unless the server itself acts: then the user in whose name. */
  readonly initiatorId?: UserId;
}
