import { ruled } from "../access/ruled.ts";
import type { AppHealth } from "../database/tables/apps.ts";
import type { AgentId, AppId } from "../ids.ts";
import { report } from "./own-workspace.ts";
import { updateAppHealth } from "./rows.ts";

interface ReportedHealth {
  readonly appId: AppId;
  readonly health: AppHealth;
}

export const reportAppHealths = ruled("agents.updateAppHealths", (context, id: AgentId, healths: readonly ReportedHealth[]) =>
  report(context, id, async (tx, workspace) => {
    for (const { appId, health } of healths) await updateAppHealth(tx.db, id, appId, health);
    tx.publish({ kind: "workspace_changed", workspaceId: workspace.id });
  }),
);
