/** Rows of agents, as authentication reads them. */
import type { Kysely } from "kysely";
import { isLatestBuild } from "../database/latest-build.ts";
import type { Row, Tables } from "../database/tables.ts";
import type { LimitingKey } from "./build-entitlement.ts";

export interface LiveAgent {
  readonly agent: Omit<Row<"workspace_agents">, "auth_token_hash">;
  readonly workspace: Row<"workspaces">;
  readonly build: Omit<Row<"workspace_builds">, "agent_token_secret">;
  /** The key on which its build's entitlement depends, as it is now; undefined if there is none, or no longer. */
  readonly entitlementKey: LimitingKey | undefined;
}

/** Finds an agent only while it belongs to its workspace's latest build, that build is a start, and its job succeeded. */
export async function findLiveAgent(db: Kysely<Tables>, tokenHash: Uint8Array): Promise<LiveAgent | undefined> {
  const found = await db
    .selectFrom("workspace_agents as agent")
    .innerJoin("workspace_resources as resource", "resource.id", "agent.resource_id")
    .innerJoin("workspace_builds as build", "build.job_id", "resource.job_id")
    .innerJoin("provisioner_jobs as job", "job.id", "build.job_id")
    .innerJoin("workspaces as workspace", "workspace.id", "build.workspace_id")
    .leftJoin("api_keys as key", "key.id", "build.entitlement_key_id")
    .select(["agent.id as agent_id", "build.id as build_id", "workspace.id as workspace_id"])
    .select(["key.scopes", "key.allow_list", "key.boundary", "key.ceilings", "key.expires_at"])
    .where("agent.auth_token_hash", "=", tokenHash)
    .where("build.transition", "=", "start")
    .where("job.job_status", "=", "succeeded")
    .where("workspace.deleted", "=", false)
    .where(isLatestBuild)
    .executeTakeFirst();
  if (found === undefined) return undefined;
  const { agent_id, build_id, workspace_id, scopes, allow_list, boundary, ceilings, expires_at } = found;
  const hasKey = scopes !== null && allow_list !== null && ceilings !== null && expires_at !== null;
  const entitlementKey = hasKey ? { scopes, allow_list, boundary, ceilings, expires_at } : undefined;
  const agentRow = await db.selectFrom("workspace_agents").selectAll().where("id", "=", agent_id).executeTakeFirstOrThrow();
  const buildRow = await db.selectFrom("workspace_builds").selectAll().where("id", "=", build_id).executeTakeFirstOrThrow();
  const workspace = await db.selectFrom("workspaces").selectAll().where("id", "=", workspace_id).executeTakeFirstOrThrow();
  const { auth_token_hash: _, ...agent } = agentRow;
  const { agent_token_secret: _secret, ...build } = buildRow;
  return { agent, build, workspace, entitlementKey };
}
