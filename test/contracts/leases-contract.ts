import { expect, test } from "vitest";
import { JOB_KINDS } from "#server/features.ts";
import type { JobId } from "#server/ids.ts";
import type { JobKind } from "#server/provisioning/job-kind.ts";
import type { JobLog } from "#server/provisioning/job-log-rows.ts";
import { createReaper } from "#server/provisioning/reaper.ts";
import { serveDaemons, type TestDaemon } from "./daemon.ts";
import type { NewDatabase } from "./databases.ts";
import { textOf } from "./state-text.ts";
import { complete, makeTemplate, pushVersion } from "./template.ts";
import { openWorld } from "./world.ts";

const LEASE_MS = 45_000;

/** For how long a daemon holds a job, and what becomes of jobs whose daemon is gone. */
export function leasesContract(newDatabase: NewDatabase): void {
  const open = async (options: { readonly leaseMs?: number; readonly reapEveryMs?: number } = {}) => {
    const world = await openWorld(newDatabase);
    const served = await serveDaemons(world, options);
    const { core } = world.store.system;
    const errors: unknown[] = [];
    const log = { error: (...given: unknown[]) => errors.push(given) };
    /** A server's watch, which moves only when the test looks. */
    const newReaper = (kinds: readonly JobKind[] = JOB_KINDS) =>
      createReaper(core, { kinds, leaseMs: LEASE_MS, unwatchedMs: Number.POSITIVE_INFINITY, log });
    const logOf = async (id: JobId) => (await world.asOwner.jobs.logs(id)).map(({ level, output }) => `${level}: ${output}`);
    const workspace = async (by: TestDaemon) => {
      const template = await makeTemplate(world, by);
      const { asOwner, owner } = world;
      return asOwner.workspaces.create({ ownerId: owner.id, templateId: template.id, name: "ws", parameters: [] });
    };
    return { ...world, ...served, world, core, errors, newReaper, logOf, workspace, one: served.daemon() };
  };

  test("a job whose lease has ended is failed with a message that says so, and keeps the last state", async () => {
    const { one, asOwner, newReaper, workspace } = await open();
    const { workspace: made, build } = await workspace(one);
    const job = await one.acquire();
    const reaper = newReaper();
    expect(await reaper.look(0)).toEqual([]);
    expect(await reaper.look(LEASE_MS - 1)).toEqual([]);
    const answer = await one.client.updateJob({ jobId: build.job.id, workspaceBuildState: Buffer.from("so far") }, one.options);
    expect(answer).toMatchObject({ canceled: false, leaseMs: BigInt(LEASE_MS) });
    expect(await reaper.look(LEASE_MS)).toEqual([]);
    expect(await reaper.look(2 * LEASE_MS - 1)).toEqual([]);
    expect(reaper.untilNextEnd()).toBe(1);
    const lines: JobLog[] = [];
    const following = (async () => {
      for await (const line of asOwner.jobs.followLogs(build.job.id, { signal: new AbortController().signal })) lines.push(line);
    })();
    expect(await reaper.look(2 * LEASE_MS)).toEqual([build.job.id]);
    await following;
    const failed = await asOwner.jobs.get(build.job.id);
    expect(failed).toMatchObject({ job_status: "failed", worker_name: "daemon-1" });
    expect(failed.error).toMatch(/daemon daemon-1 has not been heard from for 45 seconds.*last state that it reported was kept/);
    expect(lines).toMatchObject([{ level: "error", output: failed.error }]);
    expect(await textOf(await asOwner.builds.state(build.id))).toBe("so far");

    await expect(one.client.updateJob({ jobId: build.job.id }, one.options)).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
    await one.client.failJob(
      { jobId: build.job.id, error: "too late", type: { case: "workspaceBuild", value: { state: Buffer.from("later") } } },
      one.options,
    );
    expect((await asOwner.jobs.get(build.job.id)).error).toBe(failed.error);
    expect(await textOf(await asOwner.builds.state(build.id))).toBe("later");
    expect(job?.type.case).toBe("workspaceBuild");

    const next = await asOwner.builds.create({ workspaceId: made.id, transition: "start" });
    const late = { case: "workspaceBuild", value: { state: Buffer.from("far too late") } } as const;
    await expect(one.client.completeJob({ jobId: build.job.id, type: late }, one.options)).rejects.toMatchObject({
      code: "FAILED_PRECONDITION",
    });
    // The next build still waits, so it gets what is newer.
    expect(await textOf(await asOwner.builds.state(build.id))).toBe("far too late");
    expect(Buffer.from((await complete(one)).build.state).toString()).toBe("far too late");
    expect((await asOwner.builds.get(next.id)).job.job_status).toBe("succeeded");
  });

  test("a running server gives up such jobs by itself, when the lease ends and not at the next regular look", async () => {
    const { world, one, asOwner } = await open({ leaseMs: 300, reapEveryMs: 250 });
    const version = await pushVersion(world);
    await one.acquire();
    await one.client.updateJob({ jobId: version.job.id }, one.options);
    const renewedAtMs = performance.now();
    expect((await asOwner.jobs.waitUntilOver(version.job.id, AbortSignal.timeout(20_000))).job_status).toBe("failed");
    expect(performance.now() - renewedAtMs).toBeGreaterThan(295);
  });

  test("no clock matters: neither a server's nor a replica's, whether it is fast, slow or changed", async () => {
    const { world, one, asOwner, clock, newReaper } = await open();
    const version = await pushVersion(world);
    await one.acquire();
    await using ahead = await world.database.open({ now: () => new Date(clock.now().getTime() + 3_600_000) });
    const replica = createReaper(ahead.system.core, { kinds: JOB_KINDS, leaseMs: LEASE_MS, unwatchedMs: 1e9, log: console });
    const reaper = newReaper();
    let atMs = 0;
    for (const step of [0, 7_200_000, -14_400_000, 60_000]) {
      clock.advance(step);
      await one.client.updateJob({ jobId: version.job.id }, one.options);
      for (const look of [reaper, replica]) expect(await look.look(atMs)).toEqual([]);
      atMs += LEASE_MS - 1;
      for (const look of [reaper, replica]) expect(await look.look(atMs)).toEqual([]);
    }
    expect((await asOwner.jobs.get(version.job.id)).job_status).toBe("running");
    clock.advance(-3_600_000);
    expect(await replica.look(atMs + 1)).toEqual([version.job.id]);
    expect(await reaper.look(atMs + 1)).toEqual([]);
    expect((await asOwner.jobs.get(version.job.id)).job_status).toBe("failed");
  });

  test("a server that was just started gives each daemon a whole lease to come back", async () => {
    const { world, one, asOwner, newReaper } = await open();
    const version = await pushVersion(world);
    await one.acquire();
    await one.client.updateJob({ jobId: version.job.id }, one.options);
    const reaper = newReaper();
    expect(await reaper.look(10 * LEASE_MS)).toEqual([]);
    expect(await reaper.look(11 * LEASE_MS - 1)).toEqual([]);
    await one.client.updateJob({ jobId: version.job.id }, one.options);
    expect(await reaper.look(11 * LEASE_MS)).toEqual([]);
    expect((await asOwner.jobs.get(version.job.id)).job_status).toBe("running");
  });

  test("a daemon that reports just when its lease is found to have ended keeps its job", async () => {
    const { world, one, core, asOwner } = await open();
    const version = await pushVersion(world);
    await one.acquire();
    // The look has read the leases when the report comes.
    let between = async () => {};
    const write: typeof core.write = async (work) => {
      await between();
      return core.write(work);
    };
    const reaper = createReaper({ ...core, write }, { kinds: JOB_KINDS, leaseMs: LEASE_MS, unwatchedMs: 1e9, log: console });
    await reaper.look(0);
    between = async () => void (await one.client.updateJob({ jobId: version.job.id }, one.options));
    expect(await reaper.look(LEASE_MS)).toEqual([]);
    expect((await asOwner.jobs.get(version.job.id)).job_status).toBe("running");
  });

  test("of two servers that find a lease ended, one ends the job", async () => {
    const { world, one, newReaper, logOf } = await open();
    const version = await pushVersion(world);
    await one.acquire();
    await one.client.updateJob({ jobId: version.job.id }, one.options);
    const [first, second] = [newReaper(), newReaper()];
    await Promise.all([first.look(0), second.look(0)]);
    expect((await Promise.all([first.look(LEASE_MS), second.look(LEASE_MS)])).flat()).toEqual([version.job.id]);
    expect(await logOf(version.job.id)).toHaveLength(1);
  });

  test("a job that cannot be ended is in no other job's way", async () => {
    const { world, one, daemon, newReaper, errors, asOwner } = await open();
    const first = await pushVersion(world);
    await one.acquire();
    const second = await pushVersion(world);
    const two = daemon({ name: "two" });
    await two.acquire();
    for (const [by, { job }] of [[one, first] as const, [two, second] as const]) await by.client.updateJob({ jobId: job.id }, by.options);
    const broken = new Set<string>([first.job.id]);
    const kinds = JOB_KINDS.map((kind) => ({
      ...kind,
      end: async (...[core, tx, job, end]: Parameters<JobKind["end"]>) => {
        if (broken.has(job.id)) throw new Error("broken");
        await kind.end(core, tx, job, end);
      },
    }));
    const reaper = newReaper(kinds);
    await reaper.look(0);
    expect(await reaper.look(LEASE_MS)).toEqual([second.job.id]);
    expect(errors).toHaveLength(1);
    expect((await asOwner.jobs.get(first.job.id)).job_status).toBe("running");
    broken.clear();
    expect(await reaper.look(LEASE_MS + 1)).toEqual([first.job.id]);
  });

  test("a job on which its daemon never reported goes back to the queue, three times, and then fails", async () => {
    const { world, one, daemon, newReaper, asOwner, logOf } = await open();
    const { job } = await pushVersion(world);
    const reaper = newReaper();
    let atMs = 0;
    const lapse = async () => {
      await reaper.look(atMs);
      atMs += LEASE_MS;
      return reaper.look(atMs);
    };
    for (let n = 0; n < 3; n++) {
      const waiting = daemon({ name: `daemon-${n + 2}` }).acquire();
      expect((await waiting)?.jobId).toBe(job.id);
      const heard = asOwner.jobs.get(job.id);
      expect((await heard).job_status).toBe("running");
      expect(await lapse()).toEqual([job.id]);
      expect(await asOwner.jobs.get(job.id)).toMatchObject({ job_status: "pending", worker_id: null, started_at: null, queue_position: 1 });
    }
    // A daemon that gets it at last, and reports, has it as if nothing had been.
    expect((await one.acquire())?.jobId).toBe(job.id);
    expect(await lapse()).toEqual([job.id]);
    const failed = await asOwner.jobs.get(job.id);
    expect(failed).toMatchObject({
      job_status: "failed",
      error: expect.stringContaining("given to daemons 4 times, and none of them ever reported"),
    });
    expect(await logOf(job.id)).toEqual([
      ...[2, 3, 4].map((n) =>
        expect.stringMatching(new RegExp(`^warn: The provisioner daemon daemon-${n} has not been heard from.*back to the queue`)),
      ),
      `error: ${failed.error}`,
    ]);
  });

  test("such a job wakes the daemons that wait, and whoever had it before is refused", async () => {
    const { world, one, daemon, newReaper, asOwner } = await open();
    const { job } = await pushVersion(world);
    await one.acquire();
    const waiting = daemon({ name: "other" }).acquire();
    const reaper = newReaper();
    await reaper.look(0);
    await reaper.look(LEASE_MS);
    expect((await waiting)?.jobId).toBe(job.id);
    await expect(one.client.updateJob({ jobId: job.id, applying: true }, one.options)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    await expect(one.client.commitQuota({ jobId: job.id }, one.options)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    // The new daemon has a whole lease, although it has not reported yet either.
    expect(await reaper.look(LEASE_MS + 1)).toEqual([]);
    expect(await reaper.look(2 * LEASE_MS)).toEqual([]);
    expect((await asOwner.jobs.get(job.id)).job_status).toBe("running");
  });

  test("a daemon that asked for its quota may have begun to apply, so its job does not run again", async () => {
    const { one, workspace, newReaper, asOwner } = await open();
    const { build } = await workspace(one);
    await one.acquire();
    await one.client.commitQuota({ jobId: build.job.id, dailyCost: 1 }, one.options);
    const reaper = newReaper();
    await reaper.look(0);
    await reaper.look(LEASE_MS);
    expect((await asOwner.jobs.get(build.job.id)).job_status).toBe("failed");
  });

  test("a canceled job that is given up ends as canceled, and its log says what happened", async () => {
    const { one, workspace, newReaper, asOwner, logOf } = await open();
    const { build } = await workspace(one);
    await one.acquire();
    const state = Buffer.from("so far");
    await one.client.updateJob({ jobId: build.job.id, workspaceBuildState: state }, one.options);
    await asOwner.jobs.cancel(build.job.id);
    const reaper = newReaper();
    await reaper.look(0);
    expect(await reaper.look(LEASE_MS)).toEqual([build.job.id]);
    expect(await asOwner.jobs.get(build.job.id)).toMatchObject({ job_status: "canceled", error: null });
    expect(await logOf(build.job.id)).toEqual([
      expect.stringMatching(
        /^warn: .*daemon-1 has not been heard from.*being canceled, is over\. The last state that it reported was kept\.$/,
      ),
    ]);
    expect(await textOf(await asOwner.builds.state(build.id))).toBe(Buffer.from(state).toString());
    const entries = (await asOwner.auditLogs.list()).entries.filter(({ resource_type }) => resource_type === "workspace_build");
    expect(entries.map(({ action, status_code }) => `${action} ${status_code}`).sort()).toEqual(["start 200", "write 200"]);
  });

  test("a canceled job on which its daemon never reported ends as canceled too", async () => {
    const { world, one, newReaper, asOwner, logOf } = await open();
    const { job } = await pushVersion(world);
    await one.acquire();
    await asOwner.jobs.cancel(job.id);
    const reaper = newReaper();
    await reaper.look(0);
    await reaper.look(LEASE_MS);
    expect(await asOwner.jobs.get(job.id)).toMatchObject({ job_status: "canceled", error: null });
    expect(await logOf(job.id)).toEqual([expect.stringMatching(/never reported on the job, so it was canceled without having run\.$/)]);
  });

  test("the reason stands in a log that has reached its limit as well", async () => {
    const { world, one, newReaper, asOwner, logOf } = await open();
    const { job } = await pushVersion(world);
    await one.acquire();
    await one.client.updateJob({ jobId: job.id, logs: [{ output: "x".repeat(2 << 20) }] }, one.options);
    await asOwner.jobs.cancel(job.id);
    const reaper = newReaper();
    await reaper.look(0);
    await reaper.look(LEASE_MS);
    expect((await logOf(job.id)).at(-1)).toMatch(/has not been heard from/);
  });

  test("jobs of a server's own daemons that died with it end as soon as it says so, and no others", async () => {
    const world = await openWorld(newDatabase);
    const former = await serveDaemons(world, { home: "a-1" });
    const elsewhere = await serveDaemons(world, { home: "b-2" });
    const { asOwner, organizationId } = world;
    const { secret } = await asOwner.provisionerKeys.create({ organizationId, name: "far", tags: {} });
    /** A job that this daemon holds, and has reported on unless it was given none of its own words. */
    const held = async (by: TestDaemon, ...reports: readonly string[]) => {
      const { job } = await pushVersion(world);
      expect((await by.acquire())?.jobId).toBe(job.id);
      for (const output of reports) await by.client.updateJob({ jobId: job.id, logs: [{ output }] }, by.options);
      return job.id;
    };
    const lost = await held(former.daemon({ name: "host-0" }), "working");
    const canceled = await held(former.daemon({ name: "host-1" }), "working");
    await asOwner.jobs.cancel(canceled);
    const otherName = await held(former.daemon({ name: "host-7" }), "working");
    const otherHome = await held(elsewhere.daemon({ name: "host-0" }), "working");
    const external = await held(former.daemon({ name: "host-0", key: secret }), "working");
    const unheard = await held(former.daemon({ name: "host-2" }));

    const { queue, daemon } = await serveDaemons(world, { home: "a-1" });
    const ofThisRun = await held(daemon({ name: "host-3" }), "working");
    const names = ["host-0", "host-1", "host-2", "host-3"];
    expect((await queue.endLostJobs(names)).toSorted()).toEqual([lost, canceled, unheard].toSorted());
    const status = async (id: JobId) => (await asOwner.jobs.get(id)).job_status;
    expect(await asOwner.jobs.get(lost)).toMatchObject({
      job_status: "failed",
      error:
        "The provisioner daemon host-0 was stopped together with its server, and the job failed. The last state that it reported was kept.",
    });
    expect(await status(canceled)).toBe("canceled");
    expect((await asOwner.jobs.logs(canceled)).at(-1)?.output).toMatch(/host-1 was stopped together with its server.*canceled, is over/);
    // Nothing was done for it, so it runs again, and is not lost again when the server is asked twice.
    expect(await status(unheard)).toBe("pending");
    expect((await daemon({ name: "host-2" }).acquire())?.jobId).toBe(unheard);
    expect(await queue.endLostJobs(names)).toEqual([]);
    for (const id of [otherName, otherHome, external, ofThisRun, unheard]) expect(await status(id), id).toBe("running");
  });

  test("what a new daemon of the same name rescues belongs to the lost job", async () => {
    const world = await openWorld(newDatabase);
    const former = (await serveDaemons(world, { home: "a-1" })).daemon({ name: "host-0" });
    const template = await makeTemplate(world, former);
    const { asOwner, owner } = world;
    const { build } = await asOwner.workspaces.create({ ownerId: owner.id, templateId: template.id, name: "ws", parameters: [] });
    await former.acquire();
    await former.client.updateJob({ jobId: build.job.id, workspaceBuildState: Buffer.from("sent in time") }, former.options);

    const { queue, daemon } = await serveDaemons(world, { home: "a-1" });
    const now = daemon({ name: "host-0" });
    await now.client.updateJob({ jobId: build.job.id, workspaceBuildState: Buffer.from("rescued") }, now.options);
    expect(await queue.endLostJobs(["host-0"])).toEqual([build.job.id]);
    expect((await asOwner.jobs.get(build.job.id)).job_status).toBe("failed");
    expect(await textOf(await asOwner.builds.state(build.id))).toBe("rescued");
    expect((await asOwner.builds.create({ workspaceId: build.workspace_id, transition: "stop" })).build_number).toBe(2);
  });
}
