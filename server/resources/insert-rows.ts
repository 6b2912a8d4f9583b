import { redactSecrets } from "#credentials/secret.ts";
import type { Module, Resource, Timing } from "#proto/gen/provisioner_pb.js";
import { TimingState } from "#proto/gen/provisioner_pb.js";
import type { Database, Tx } from "../database/database.ts";
import type { Transition } from "../database/tables/workspaces.ts";
import type { NewRow } from "../database/tables.ts";
import { cleanText } from "../database/text.ts";
import type { JobId, ResourceId, WorkspaceId } from "../ids.ts";
import { insertAgent } from "./insert-agent-rows.ts";

/** What the rows belong to. */
export interface RowsOf {
  readonly jobId: JobId;
  readonly transition: Transition;
  /** Only for builds: the workspace of the agents, and the secret from which their tokens are derived. */
  readonly build?: { readonly workspaceId: WorkspaceId; readonly agentTokenSecret: Uint8Array | undefined };
}

/** Inserts resources with everything that belongs to them. The caller has already checked the agents. */
export async function insertResources(core: Database, tx: Tx, of: RowsOf, resources: readonly Resource[]): Promise<void> {
  const at = core.now();
  for (const [position, resource] of resources.entries()) {
    const id = core.newId<ResourceId>();
    await tx.db
      .insertInto("workspace_resources")
      .values({
        id,
        job_id: of.jobId,
        transition: of.transition,
        type: resource.type,
        name: resource.name,
        hide: resource.hide,
        icon: resource.icon,
        instance_type: resource.instanceType || null,
        daily_cost: resource.dailyCost,
        module_path: resource.modulePath,
        position,
        created_at: at,
      })
      .execute();
    // A duplicate key keeps its last value.
    const metadata = new Map(resource.metadata.filter(({ isNull }) => !isNull).map((item) => [item.key, item]));
    for (const [place, { key, value, sensitive }] of [...metadata.values()].entries())
      await tx.db
        .insertInto("workspace_resource_metadata")
        .values({ workspace_resource_id: id, position: place, key, value: cleanText(value), sensitive })
        .execute();
    for (const agent of resource.agents) await insertAgent(core, tx, { ...of, resourceId: id }, agent);
  }
}

export async function insertModules(core: Database, tx: Tx, of: RowsOf, modules: readonly Module[]): Promise<void> {
  const at = core.now();
  for (const { source, version, key } of modules)
    await tx.db
      .insertInto("workspace_modules")
      .values({ id: core.newId(), job_id: of.jobId, transition: of.transition, source, version, key, created_at: at })
      .execute();
}

const STAGES = ["init", "plan", "graph", "apply"] as const;

/** Inserts timings. Those with an unknown stage or without an end are dropped, because timings only serve to inform people. */
export async function insertTimings(tx: Tx, jobId: JobId, timings: readonly Timing[]): Promise<void> {
  const rows = timings.flatMap((timing): NewRow<"provisioner_job_timings">[] => {
    const stage = STAGES.find((known) => known === timing.stage);
    const [startedAt, endedAt] = [dateOf(timing.start), dateOf(timing.end)];
    if (stage === undefined || startedAt === undefined || endedAt === undefined || timing.state === TimingState.STARTED) return [];
    const [source, action, resource] = [redactSecrets(timing.source), redactSecrets(timing.action), redactSecrets(timing.resource)];
    return [{ job_id: jobId, stage, source, action, resource, started_at: startedAt, ended_at: endedAt }];
  });
  for (const row of rows) await tx.db.insertInto("provisioner_job_timings").values(row).execute();
}

function dateOf(timestamp: Timing["start"]): Date | undefined {
  if (timestamp === undefined || timestamp.seconds <= 0n) return undefined;
  return new Date(Number(timestamp.seconds) * 1_000 + Math.floor(timestamp.nanos / 1e6));
}
