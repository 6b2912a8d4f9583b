import { workspaceObjectOf } from "../access/objects.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import type { RowPatch } from "../database/tables.ts";
import { NotFoundError } from "../errors.ts";
import type { WorkspaceId } from "../ids.ts";
import { getWorkspaceRow, lockWorkspace, patchWorkspace, type Workspace } from "./rows.ts";

export type WorkspacePatch = Pick<
  RowPatch<"workspaces">,
  "name" | "autostart_schedule" | "ttl_ms" | "automatic_updates" | "favorite" | "last_used_at"
>;

/** @throws NameTakenError */
export const updateWorkspace = ruled(
  "workspaces.update",
  (context, id: WorkspaceId, patch: WorkspacePatch): Promise<Workspace> =>
    context.write(async (tx) => {
      const before = await lockWorkspace(tx.db, context.dialect, id);
      if (before === undefined) throw new NotFoundError("workspace");
      context.guard.require("update", workspaceObjectOf(before), "workspace");
      await patchWorkspace(tx.db, id, { ...patch, updated_at: context.now() });
      const after = await getWorkspaceRow(tx.db, id);
      await audit(context, tx, {
        action: "write",
        resourceType: "workspace",
        resourceId: id,
        target: before.name,
        icon: before.template_icon,
        organizationId: before.organization_id,
        before,
        after,
        additional: { workspace_owner: before.owner_username },
      });
      tx.publish({ kind: "workspace_changed", workspaceId: id });
      return after;
    }),
);
