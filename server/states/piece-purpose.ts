import type { StateId, WorkspaceId } from "../ids.ts";

/** Binds a sealed piece to its place, so that it cannot be moved to another one, or to another workspace's state. */
export function piecePurpose(state: { readonly id: StateId; readonly workspace_id: WorkspaceId }, index: number): string {
  return `terraform_state_pieces.data:${state.workspace_id}:${state.id}:${index}`;
}

/** The purpose of states that were one seal in a column of their build, for all builds of a workspace the same. */
export function oneSealPurpose(workspaceId: WorkspaceId): string {
  return `workspace_builds.provisioner_state:${workspaceId}`;
}
