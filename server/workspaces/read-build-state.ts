import { templateObjectOf } from "../access/objects.ts";
import { ruled } from "../access/ruled.ts";
import type { WorkspaceBuildId } from "../ids.ts";
import { findSelectedBuild, getSealedState, getTemplateOfWorkspace } from "./build-list-rows.ts";
import { statePurpose } from "./build-rows.ts";
import { readableBuild } from "./read-builds.ts";

/** Returns Terraform's state, which is empty if there is none. Needs `update` on the template. */
export const getBuildState = ruled("builds.state", async (context, id: WorkspaceBuildId): Promise<Uint8Array> => {
  const { db, guard, encryption } = context;
  const { workspace_id: workspaceId } = readableBuild(context, await findSelectedBuild(db, id));
  guard.require("update", templateObjectOf(await getTemplateOfWorkspace(db, workspaceId)), "workspace build");
  const sealed = await getSealedState(db, id);
  return sealed === null ? new Uint8Array() : encryption.open(statePurpose(workspaceId), sealed);
});
