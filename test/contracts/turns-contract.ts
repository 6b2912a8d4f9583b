import fc from "fast-check";
import { expect, test } from "vitest";
import { JOB_KINDS } from "#server/features.ts";
import { type DaemonId, JobId, type UserId } from "#server/ids.ts";
import { claimJob } from "#server/provisioning/claim-job.ts";
import { insertJob } from "#server/provisioning/insert-job.ts";
import { findJobRow, findJobRows } from "#server/provisioning/job-rows.ts";
import type { Worker } from "#server/provisioning/queue-rows.ts";
import { lockJob, updateJobRow } from "#server/provisioning/queue-rows.ts";
import { releaseJob } from "#server/provisioning/release-job.ts";
import { normalizeTags, type Tags } from "#server/provisioning/tags.ts";
import { serveDaemons } from "./daemon.ts";
import type { NewDatabase } from "./databases.ts";
import { makeTemplate } from "./template.ts";
import { endYielding, give, next, order, post, type QueueModel } from "./turns-model.ts";
import { openWorld } from "./world.ts";

/** Whose job a daemon gets, when several people wait. */
export function turnsContract(newDatabase: NewDatabase): void {
  /** A world with this many daemons online, and three people besides its owner. */
  const open = async (daemons: number) => {
    const world = await openWorld(newDatabase);
    const { store, organizationId, owner, asOwner, clock } = world;
    const { core } = store.system;
    const served = await serveDaemons(world);
    const workers: Worker[] = [];
    for (let n = 0; n < daemons; n++) {
      await served.daemon({ name: `daemon-${n}` }).acquire(AbortSignal.timeout(1));
      const rows = await core.db.selectFrom("provisioner_daemons").select("id").where("name", "=", `daemon-${n}`).execute();
      const id = rows[0]?.id as DaemonId;
      workers.push({ id, organizationId, provisioners: ["terraform"], tags: normalizeTags(undefined) });
    }
    const people: UserId[] = [];
    for (const name of ["ada", "bob", "cyd"]) people.push((await world.member(name)).user.id);
    const file = await asOwner.files.create({ createdBy: owner.id, mimetype: "application/x-tar", data: Buffer.from("a tar archive") });
    const postJob = async (by: UserId, { yields = false, tags = {} }: { yields?: boolean; tags?: Tags } = {}): Promise<JobId> => {
      const id = JobId.parse(crypto.randomUUID());
      await core.write((tx) =>
        insertJob(core, tx, {
          id,
          organizationId,
          initiatorId: by,
          type: "template_version_import",
          provisioner: "terraform",
          fileId: file.id,
          input: { template_version_id: crypto.randomUUID() as never, template_id: null },
          tags: normalizeTags(undefined, tags),
          yields,
        }),
      );
      return id;
    };
    const finish = (id: JobId) => core.write((tx) => updateJobRow(tx.db, id, { completed_at: clock.now() }));
    const [ada, bob, cyd] = people as [UserId, UserId, UserId];
    const [worker] = workers as [Worker, ...Worker[]];
    const claim = async (by = worker, options = {}) => (await claimJob(core, by, options))?.id;
    return { ...world, served, core, workers, worker, ada, bob, cyd, people, postJob, finish, claim };
  };
  const place = async ({ core }: Awaited<ReturnType<typeof open>>, id: JobId) => (await findJobRow(core.db, id))?.queue_position;

  test("whoever comes after the forty jobs of somebody else is next", async () => {
    const world = await open(1);
    const { ada, bob, postJob, claim, finish, clock } = world;
    const forty: JobId[] = [];
    for (let n = 0; n < 40; n++) {
      forty.push(await postJob(ada));
      clock.advance(1);
    }
    expect(await claim()).toBe(forty[0]);
    const his = await postJob(bob);
    expect(await place(world, his)).toBe(1);
    expect(await place(world, forty[1] as JobId)).toBe(2);
    await finish(forty[0] as JobId);
    expect(await claim()).toBe(his);
    await finish(his);
    expect(await claim()).toBe(forty[1]);
  });

  test("people take turns, and the jobs of each keep their order", async () => {
    const { ada, bob, cyd, postJob, claim, finish, clock, core } = await open(1);
    const names = new Map<JobId | undefined, string>();
    const add = async (by: UserId, name: string): Promise<void> => {
      names.set(await postJob(by), name);
      clock.advance(1);
    };
    for (const n of [1, 2, 3]) await add(ada, `a${n}`);
    for (const n of [1, 2]) await add(bob, `b${n}`);
    await add(cyd, "c1");
    const places = await findJobRows(core.db, [...names.keys()] as JobId[]);
    const shown = [...places.values()].toSorted((left, right) => left.queue_position - right.queue_position).map(({ id }) => names.get(id));
    expect([...places.values()].every((job) => job.queue_size === 6)).toBe(true);
    const got: (string | undefined)[] = [];
    for (let id = await claim(); id !== undefined; id = await claim()) {
      got.push(names.get(id));
      await finish(id);
      // Whoever comes back does not overtake those who have waited since.
      if (got.length === 3) await add(cyd, "c2");
    }
    expect(shown).toEqual(["a1", "b1", "c1", "a2", "b2", "a3"]);
    expect(got).toEqual(["a1", "b1", "c1", "a2", "b2", "c2", "a3"]);
  });

  test("what the clock started comes after what people wait for, but not after half an hour", async () => {
    const { ada, bob, postJob, claim, finish, clock } = await open(1);
    const scheduled = await postJob(ada, { yields: true });
    clock.advance(1);
    const waited = await postJob(bob);
    expect(await claim()).toBe(waited);
    await finish(waited);
    clock.advance(30 * 60_000);
    const his = await postJob(bob);
    expect(await claim()).toBe(scheduled);
    await finish(scheduled);
    expect(await claim()).toBe(his);
  });

  test("a build that a schedule started yields, and one of a person does not", async () => {
    const { world, served, core } = await open(0).then((opened) => ({ ...opened, world: opened }));
    const template = await makeTemplate(world, served.daemon());
    for (const reason of ["autostart", "cli"] as const) {
      const { build } = await world.asOwner.workspaces.create({
        ownerId: world.owner.id,
        templateId: template.id,
        name: reason,
        parameters: [],
        reason,
      });
      const row = await core.db.selectFrom("provisioner_jobs").select("yields").where("id", "=", build.job.id).executeTakeFirst();
      expect(row?.yields, reason).toBe(reason === "autostart");
    }
  });

  test("nobody has all daemons while somebody else waits, and everybody may have all if nobody does", async () => {
    const { ada, bob, workers, postJob, claim, finish, clock } = await open(3);
    const hers: JobId[] = [];
    for (let n = 0; n < 6; n++) {
      hers.push(await postJob(ada));
      clock.advance(1);
    }
    for (const [n, worker] of workers.entries()) expect(await claim(worker)).toBe(hers[n]);
    const his: JobId[] = [];
    for (let n = 0; n < 3; n++) his.push(await postJob(bob));
    // Two of her jobs still run, so the one that is free is for others, even if it was their turn a moment ago.
    await finish(hers[0] as JobId);
    const first = await claim(workers[0]);
    expect(his).toContain(first);
    await finish(first as JobId);
    const second = await claim(workers[0]);
    expect(his).toContain(second);
    await finish(second as JobId);
    // Once she has fewer, it is her turn again.
    await finish(hers[1] as JobId);
    expect(await claim(workers[0])).toBe(hers[3]);
  });

  test("the operator says how many, and jobs on daemons that could not take the next one count only then", async () => {
    const { ada, bob, workers, worker, postJob, claim, clock } = await open(3);
    const tagged = { ...(workers[2] as Worker), tags: normalizeTags(undefined, { zone: "a" }) };
    for (let n = 0; n < 2; n++) await postJob(ada, { tags: { zone: "a" } });
    expect(await claim(tagged)).toBeDefined();
    clock.advance(1);
    const hers = [await postJob(ada), await postJob(ada)];
    clock.advance(1);
    expect(hers).toContain(await claim(worker));
    const his = [await postJob(bob), await postJob(bob)];
    const options = { maxRunningPerOwner: 1 };
    for (let n = 0; n < 2; n++) expect([...his, ...hers]).toContain(await claim(worker, n === 0 ? options : {}));
    // Both have as many as they may: somebody gets a job anyway.
    expect([...his, ...hers]).toContain(await claim(worker, options));
    expect(await claim(worker, options)).toBeUndefined();
  });

  test("claims at the same time take the same turns, in two servers too", async () => {
    const { ada, bob, cyd, worker, postJob, database, clock, core } = await open(1);
    for (const by of [ada, bob, cyd])
      for (let n = 0; n < 10; n++) {
        await postJob(by);
        clock.advance(1);
      }
    await using other = database.kind === "postgres" ? await database.open({ now: clock.now }) : undefined;
    const second = other?.system.core ?? core;
    const claimed = await Promise.all(
      Array.from({ length: 12 }, (_, n) => claimJob(n % 2 === 0 ? core : second, worker, { maxRunningPerOwner: 100 })),
    );
    expect(new Set(claimed.map((job) => job?.id)).size).toBe(12);
    for (const by of [ada, bob, cyd]) expect(claimed.filter((job) => job?.initiator_id === by)).toHaveLength(4);
  });

  test("a job that somebody else is about to change is not waited for", async () => {
    const { ada, bob, postJob, claim, clock, core } = await open(1);
    const hers = await postJob(ada);
    clock.advance(1);
    const his = await postJob(bob);
    // SQLite has one writer at a time.
    if (core.dialect !== "postgres") return expect(await claim()).toBe(hers);
    await core.write(async (tx) => {
      await lockJob(core.dialect, tx.db, hers);
      expect(await claim()).toBe(his);
      expect(await claim()).toBeUndefined();
    });
    expect(await claim()).toBe(hers);
  });

  test("a job that goes back to the queue, or was put there by an older server, is found again", async () => {
    const { ada, bob, postJob, claim, core } = await open(1);
    const id = await postJob(ada);
    expect(await claim()).toBe(id);
    const row = await core.db.selectFrom("provisioner_jobs").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
    await releaseJob(core, JOB_KINDS, row);
    expect(await claim()).toBe(id);
    const old = await postJob(bob);
    await core.write((tx) => tx.db.deleteFrom("provisioner_job_turns").execute());
    expect(await claim()).toBe(old);
    expect(await claim()).toBeUndefined();
  });

  test("SQL gives out jobs, and tells their places, as the rule does", async () => {
    const { people, workers, core, postJob, clock } = await open(3);
    const run = fc.oneof(
      fc.record({ do: fc.constant("post" as const), who: fc.nat(2), yields: fc.boolean(), ms: fc.nat(2) }),
      fc.record({ do: fc.constant("claim" as const), limit: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }), on: fc.nat(2) }),
      fc.record({ do: fc.constant("finish" as const), which: fc.nat(9) }),
      fc.record({ do: fc.constant("cancel" as const), which: fc.nat(9) }),
      fc.record({ do: fc.constant("wait" as const) }),
    );
    const sequences = fc.asyncProperty(fc.array(run, { minLength: 5, maxLength: 40 }), async (steps) => {
      await core.write(async (tx) => {
        await tx.db.deleteFrom("provisioner_job_turns").execute();
        await tx.db.deleteFrom("provisioner_jobs").execute();
      });
      let model: QueueModel = { waiting: [], running: [], turns: [] };
      const running: { id: JobId; by: string }[] = [];
      for (const step of steps) {
        if (step.do === "post") {
          clock.advance(step.ms);
          const by = people[step.who] as UserId;
          const id = await postJob(by, { yields: step.yields });
          model = post(model, { id, by, yields: step.yields, createdAt: clock.now().getTime() });
        } else if (step.do === "claim") {
          model = endYielding(model, clock.now().getTime());
          // One of the three daemons is for others.
          const expected = next(model, step.limit ?? 2);
          const options = step.limit === undefined ? {} : { maxRunningPerOwner: step.limit };
          const job = await claimJob(core, workers[step.on] as Worker, options);
          expect(job?.id).toBe(expected?.id);
          if (job === undefined || expected === undefined) continue;
          model = give(model, expected);
          running.push({ id: job.id, by: expected.by });
        } else if (step.do === "finish") {
          const [job] = running.splice(step.which % (running.length || 1), 1);
          if (job === undefined) continue;
          await core.write((tx) => updateJobRow(tx.db, job.id, { completed_at: clock.now() }));
          model = { ...model, running: running.map(({ by }) => by) };
        } else if (step.do === "cancel") {
          const job = model.waiting[step.which];
          if (job === undefined) continue;
          await core.write((tx) => updateJobRow(tx.db, JobId.parse(job.id), { completed_at: clock.now() }));
          model = { ...model, waiting: model.waiting.filter(({ id }) => id !== job.id) };
        } else clock.advance(20 * 60_000);
        // Nobody of the three daemons is offline because of that.
        await core.write((tx) => tx.db.updateTable("provisioner_daemons").set({ last_seen_at: clock.now() }).execute());
        const rows = await core.db
          .selectFrom("provisioner_jobs")
          .select("id")
          .where("started_at", "is", null)
          .where("completed_at", "is", null)
          .execute();
        const places = await findJobRows(
          core.db,
          rows.map(({ id }) => id),
        );
        const shown = [...places.values()].toSorted((left, right) => left.queue_position - right.queue_position);
        expect(shown.map(({ id }) => id)).toEqual(order(model));
        expect(shown.map((job) => job.queue_position)).toEqual(shown.map((_, n) => n + 1));
      }
    });
    await fc.assert(sequences, { numRuns: 25 });
  });
}
