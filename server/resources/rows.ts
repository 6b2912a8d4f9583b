import type { Kysely } from "kysely";
import type { Row, Tables } from "../database/tables.ts";
import type { JobId } from "../ids.ts";
import { type AgentDetails, type Extent, findAgentsOfResources } from "./agent-rows.ts";

export type Resource = Row<"workspace_resources"> & {
  readonly metadata: readonly Row<"workspace_resource_metadata">[];
  readonly agents: readonly AgentDetails[];
};

/** Reads resources in the daemon's order, without permission checks. */
export async function findResources(db: Kysely<Tables>, jobIds: readonly JobId[], extent: Extent): Promise<Map<JobId, Resource[]>> {
  if (jobIds.length === 0) return new Map();
  const rows = await db.selectFrom("workspace_resources").selectAll().where("job_id", "in", jobIds).orderBy("position").execute();
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const metadata = await db
    .selectFrom("workspace_resource_metadata")
    .selectAll()
    .where("workspace_resource_id", "in", ids)
    .orderBy("position")
    .execute();
  const metadataOf = Map.groupBy(metadata, ({ workspace_resource_id }) => workspace_resource_id);
  const agentsOf = Map.groupBy(await findAgentsOfResources(db, ids, extent), ({ resource_id }) => resource_id);
  const resources = rows.map((row) => ({ ...row, metadata: metadataOf.get(row.id) ?? [], agents: agentsOf.get(row.id) ?? [] }));
  return Map.groupBy(resources, ({ job_id }) => job_id);
}
