import { expect } from "vitest";
import { downloadState } from "#provisioner/download-state.ts";
import { uploadState } from "#provisioner/upload-state.ts";
import { JOB_KINDS } from "#server/features.ts";
import type { JobId, WorkspaceId } from "#server/ids.ts";
import { createReaper } from "#server/provisioning/reaper.ts";
import type { WorkspaceBuild } from "#server/workspaces/build-rows.ts";
import { serveDaemons, type TestDaemon } from "./daemon.ts";
import type { NewDatabase } from "./databases.ts";
import { textOf } from "./state-text.ts";
import { makeTemplate } from "./template.ts";
import { openWorld } from "./world.ts";

const LEASE_MS = 45_000;
const CALL = { signal: new AbortController().signal, timeoutMs: 30_000 };

export type StateScene = Awaited<ReturnType<typeof openStateScene>>;

/** A workspace whose first build waits for a daemon, and all that tests of states do with it. */
export async function openStateScene(newDatabase: NewDatabase) {
  const world = await openWorld(newDatabase);
  const served = await serveDaemons(world);
  const { asOwner, owner, store } = world;
  const { core } = store.system;
  const one = served.daemon();
  const template = await makeTemplate(world, one);
  const { workspace, build } = await asOwner.workspaces.create({ ownerId: owner.id, templateId: template.id, name: "ws", parameters: [] });

  const upload = (jobId: string, state: Uint8Array | string, daemon: TestDaemon = one) =>
    uploadState({ client: daemon.client, metadata: daemon.options.metadata, jobId, state: Buffer.from(state), ...CALL });
  return {
    ...world,
    ...served,
    core,
    one,
    workspace,
    build,
    upload,
    download: (jobId: string, daemon: TestDaemon = one) =>
      downloadState({ client: daemon.client, metadata: daemon.options.metadata, jobId, ...CALL }),
    /** Takes the next job, which is a build. */
    take: async (daemon: TestDaemon = one) => {
      const job = await daemon.acquire();
      if (job?.type.case !== "workspaceBuild") throw new Error("no build to do");
      // A job whose daemon never reports goes back to the queue when its lease ends.
      await daemon.client.updateJob({ jobId: job.jobId }, daemon.options);
      return { jobId: job.jobId, ...job.type.value };
    },
    progress: (jobId: string, state: string) => one.client.updateJob({ jobId, workspaceBuildState: Buffer.from(state) }, one.options),
    complete: (jobId: string, state: { state?: Uint8Array; stateId?: string }) =>
      one.client.completeJob({ jobId, type: { case: "workspaceBuild", value: state } }, one.options),
    fail: (jobId: string, left: { state?: Uint8Array; stateId?: string; keptFile?: string } = {}) =>
      one.client.failJob({ jobId, error: "it failed", type: { case: "workspaceBuild", value: left } }, one.options),
    /** Lets the leases of all jobs end. */
    reap: async () => {
      const log = { error: (...given: unknown[]) => expect.fail(String(given)) };
      const reaper = createReaper(core, { kinds: JOB_KINDS, leaseMs: LEASE_MS, unwatchedMs: Number.POSITIVE_INFINITY, log });
      await reaper.look(0);
      await reaper.look(LEASE_MS);
    },
    next: (transition: "start" | "stop" | "delete", more: { state?: Uint8Array } = {}): Promise<WorkspaceBuild> =>
      asOwner.builds.create({ workspaceId: workspace.id, transition, ...more }),
    stateOf: async (of: WorkspaceBuild, options: { late?: boolean } = {}) => textOf(await asOwner.builds.state(of.id, options)),
    /** The lines of a job's log that tell of late states. */
    told: async (jobId: JobId) =>
      (await asOwner.jobs.logs(jobId)).filter(({ stage }) => stage === "Late state").map(({ level, output }) => `${level}: ${output}`),
    countStates: async () => {
      const states = await core.db.selectFrom("terraform_states").select(["id", "status", "piece_count"]).execute();
      const pieces = await core.db.selectFrom("terraform_state_pieces").select("state_id").execute();
      return { states: states.length, pieces: pieces.length, statuses: states.map(({ status }) => status) };
    },
    isDeleted: async (id: WorkspaceId) => (await asOwner.workspaces.get(id)).deleted,
  };
}
