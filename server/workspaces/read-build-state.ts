import { userObject } from "#authz/object.ts";
import { templateObjectOf } from "../access/objects.ts";
import { ruled } from "../access/ruled.ts";
import type { StateId, WorkspaceBuildId } from "../ids.ts";
import { openState } from "../states/read-state.ts";
import { findLateState } from "../states/rows.ts";
import { findSelectedBuild, findStateId, getTemplateOfWorkspace } from "./build-list-rows.ts";
import { readableBuild } from "./read-builds.ts";

/** A state to be sent, piece by piece. */
export interface BuildState {
  readonly sizeBytes: number;
  /** @throws StateUnreadableError if the state is damaged, or was superseded while it was being read */
  pieces(): AsyncGenerator<Uint8Array>;
}

/**
 * Opens Terraform's state, which is empty if there is none. Needs `update` on the template, and `read_personal` on the workspace's owner: what
 * a template has copied of the owner's credentials into other resources is in there.
 *
 * @param late the state that came too late to become the build's own
 */
export const getBuildState = ruled(
  "builds.state",
  async (context, id: WorkspaceBuildId, { late = false }: { readonly late?: boolean } = {}): Promise<BuildState> => {
    const { db, guard } = context;
    const { workspace_id: workspaceId, workspace_owner_id: ownerId } = readableBuild(context, await findSelectedBuild(db, id));
    guard.require("update", templateObjectOf(await getTemplateOfWorkspace(db, workspaceId)), "workspace build");
    guard.requireOpenly("read_personal", userObject(ownerId));
    const found: StateId | null = late ? ((await findLateState(db, id))?.id ?? null) : await findStateId(db, id);
    return found === null ? { sizeBytes: 0, pieces: async function* () {} } : openState(context, db, found);
  },
);
