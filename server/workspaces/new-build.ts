import type { BuildReason, Transition } from "../database/tables/workspaces.ts";
import type { PresetId, TemplateVersionId, UserId, WorkspaceId } from "../ids.ts";

export interface NewBuild {
  readonly workspaceId: WorkspaceId;
  readonly transition: Transition;
  /** Default: the last build's; for a start of a template that requires it, the active one. */
  readonly templateVersionId?: TemplateVersionId;
  readonly presetId?: PresetId;
  /** What the last build had and is not named here carries over, except ephemeral parameters. */
  readonly parameters?: readonly { readonly name: string; readonly value: string }[];
  readonly reason?: BuildReason;
  /** Turns on Terraform's trace; needs `update` on the template. */
  readonly logLevel?: string;
  /** Replaces the state that the build starts from; needs `update` on the template. Empty with `delete`: forget, do not destroy. */
  readonly state?: Uint8Array;
  /** Ignored unless the server itself acts: then in whose name. */
  readonly initiatorId?: UserId;
}
