import type { Module, Resource, Timing } from "#proto/gen/provisioner_pb.js";
import { TimingState } from "#proto/gen/provisioner_pb.js";
import type { Database, Tx } from "../database/database.ts";
import type { Transition } from "../database/tables/workspaces.ts";
import type { NewRow } from "../database/tables.ts";
import { cleanText } from "../database/text.ts";
import type { JobId, ResourceId, WorkspaceId } from "../ids.ts";
import { insertAgent } from "./insert-agent-rows.ts";

/** For what the rows are written. */
export interface RowsOf {
  readonly jobId: JobId;
  readonly transition: Transition;
  /** Only for builds: whose agents may call, and with tokens derived from what. */
  readonly build?: { readonly workspaceId: WorkspaceId; readonly agentTokenSecret: Uint8Array | undefined };
}

/** Writes resources with all that hangs off them. The caller has checked the agents. */
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
    // A key given twice keeps its last value.
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

/** Spans that have no known stage, or are not over, are left out: they are for people to look at only. */
export async function insertTimings(tx: Tx, jobId: JobId, timings: readonly Timing[]): Promise<void> {
  const rows = timings.flatMap((timing): NewRow<"provisioner_job_timings">[] => {
    const stage = STAGES.find((known) => known === timing.stage);
    const [startedAt, endedAt] = [dateOf(timing.start), dateOf(timing.end)];
    if (stage === undefined || startedAt === undefined || endedAt === undefined || timing.state === TimingState.STARTED) return [];
    const { source, action, resource } = timing;
    return [{ job_id: jobId, stage, source, action, resource, started_at: startedAt, ended_at: endedAt }];
  });
  for (const row of rows) await tx.db.insertInto("provisioner_job_timings").values(row).execute();
}

function dateOf(timestamp: Timing["start"]): Date | undefined {
  if (timestamp === undefined || timestamp.seconds <= 0n) return undefined;
  return new Date(Number(timestamp.seconds) * 1_000 + Math.floor(timestamp.nanos / 1e6));
}
