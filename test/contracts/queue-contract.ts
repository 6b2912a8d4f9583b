import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { JOB_LOG_LIMIT_BYTES } from "#proto/job-log-limit.ts";
import { BuildActiveError, JobNotCancellableError, NotFoundError } from "#server/errors.ts";
import { JOB_KINDS } from "#server/features.ts";
import type { JobId } from "#server/ids.ts";
import { claimJob } from "#server/provisioning/claim-job.ts";
import type { JobLog } from "#server/provisioning/job-log-rows.ts";
import { releaseJob } from "#server/provisioning/release-job.ts";
import { normalizeTags } from "#server/provisioning/tags.ts";
import { serveDaemons } from "./daemon.ts";
import type { NewDatabase } from "./databases.ts";
import { complete, makeTemplate, pushVersion } from "./template.ts";
import { openWorld, type World } from "./world.ts";

/** Jobs: who gets them, and what everybody hears of it. */
export function queueContract(newDatabase: NewDatabase): void {
  const open = async (options: { readonly recheckMs?: number } = {}) => {
    const world = await openWorld(newDatabase);
    const served = await serveDaemons(world, options);
    return { ...world, ...served, world, one: served.daemon() };
  };
  const status = async ({ asOwner }: World, id: JobId) => (await asOwner.jobs.get(id)).job_status;

  test("gives each job to exactly one of many claimants, the oldest first", async () => {
    const { world, store, organizationId, one, clock } = await open();
    const waiting = await one.acquire(AbortSignal.timeout(1));
    expect(waiting).toBeUndefined();
    const [daemon] = await store.system.core.db.selectFrom("provisioner_daemons").select("id").execute();
    if (daemon === undefined) throw new Error("no daemon");
    const ids: JobId[] = [];
    for (let n = 0; n < 5; n++) {
      ids.push((await pushVersion(world)).job.id);
      clock.advance(1);
    }
    const worker = { id: daemon.id, organizationId, provisioners: ["terraform"], tags: normalizeTags(undefined) } as const;
    const first = await claimJob(store.system.core, worker);
    expect(first?.id).toBe(ids[0]);
    const claims = await Promise.all(Array.from({ length: 12 }, () => claimJob(store.system.core, worker)));
    expect(claims.flatMap((job) => job?.id ?? []).sort()).toEqual(ids.slice(1).sort());
    expect(await claimJob(store.system.core, { ...worker, provisioners: [] })).toBeUndefined();
  });

  test("tags decide who gets a job, in the database as in memory", async () => {
    const { world, store, organizationId, one } = await open();
    await one.acquire(AbortSignal.timeout(1));
    const [daemon] = await store.system.core.db.selectFrom("provisioner_daemons").select("id").execute();
    if (daemon === undefined) throw new Error("no daemon");
    const claim = async (tags: Record<string, string>) =>
      (
        await claimJob(store.system.core, {
          id: daemon.id,
          organizationId,
          provisioners: ["terraform"],
          tags: normalizeTags(undefined, tags),
        })
      )?.id;
    const untagged = await pushVersion(world);
    expect(await claim({ zone: "a" })).toBeUndefined();
    const tagged = await pushVersion(world, { tags: { zone: "a" } });
    expect(await claim({ zone: "b" })).toBeUndefined();
    expect(await claim({})).toBe(untagged.job.id);
    expect(await claim({})).toBeUndefined();
    expect(await claim({ gpu: "yes", zone: "a" })).toBe(tagged.job.id);
    const scoped = await pushVersion(world, { tags: { scope: "user" } });
    expect(scoped.job.tags).toEqual({ scope: "user", owner: world.owner.id });
    expect(await claim({ zone: "a" })).toBeUndefined();
  });

  test("wakes a waiting daemon as soon as a job is posted, and lets one that stops waiting go without a job", async () => {
    const { world, one, daemon } = await open();
    const leaving = new AbortController();
    const left = daemon({ name: "leaving" }).acquire(leaving.signal);
    const waiting = one.acquire();
    leaving.abort();
    expect(await left).toBeUndefined();
    const version = await pushVersion(world);
    expect((await waiting)?.jobId).toBe(version.job.id);
    expect(await status(world, version.job.id)).toBe("running");
  });

  test("a job that never reached its daemon goes back to the queue, or ends if it was canceled meanwhile", async () => {
    const { world, one, daemon, asOwner, store, organizationId } = await open();
    const { core } = store.system;
    await one.acquire(AbortSignal.timeout(1));
    const [row] = await asOwner.provisionerDaemons.list(organizationId);
    if (row === undefined) throw new Error("no daemon");
    const worker = { id: row.id, organizationId, provisioners: ["terraform"], tags: normalizeTags(undefined) } as const;
    const version = await pushVersion(world);
    const claimed = await claimJob(core, worker);
    const waiting = daemon({ name: "second" }).acquire();
    if (claimed === undefined) throw new Error("no job");
    await releaseJob(core, JOB_KINDS, claimed);
    expect((await waiting)?.jobId).toBe(version.job.id);

    const other = await pushVersion(world);
    const again = await claimJob(core, worker);
    await asOwner.jobs.cancel(other.job.id);
    if (again === undefined) throw new Error("no job");
    await releaseJob(core, JOB_KINDS, again);
    expect(await status(world, other.job.id)).toBe("canceled");
  });

  test("only the daemon that holds a job can touch it, and a repeated end is harmless", async () => {
    const { world, one, daemon } = await open();
    const version = await pushVersion(world);
    await one.acquire();
    const { jobId } = { jobId: version.job.id };
    const other = daemon({ name: "other" });
    const denied = { code: "PERMISSION_DENIED" };
    await expect(other.client.updateJob({ jobId }, other.options)).rejects.toMatchObject(denied);
    await expect(other.client.failJob({ jobId, error: "x" }, other.options)).rejects.toMatchObject(denied);
    await expect(other.client.completeJob({ jobId }, other.options)).rejects.toMatchObject(denied);
    await expect(other.client.commitQuota({ jobId }, other.options)).rejects.toMatchObject(denied);
    await expect(one.client.updateJob({ jobId: "no uuid" }, one.options)).rejects.toMatchObject(denied);
    expect(await one.client.commitQuota({ jobId, dailyCost: 3 }, one.options)).toMatchObject({ ok: true, budget: -1 });
    const done = { jobId, type: { case: "templateImport", value: {} } } as const;
    await one.client.completeJob(done, one.options);
    await one.client.completeJob(done, one.options);
    await one.client.failJob({ jobId, error: "x" }, one.options);
    expect(await status(world, jobId)).toBe("succeeded");
  });

  test("a job that fails without a reason still fails", async () => {
    const { world, one, asOwner } = await open();
    const version = await pushVersion(world);
    await one.acquire();
    await one.client.failJob({ jobId: version.job.id, error: "" }, one.options);
    expect(await asOwner.jobs.get(version.job.id)).toMatchObject({ job_status: "failed", error: "the provisioner gave no reason" });
  });

  test("a job whose initiator was deleted since is done like any other", async () => {
    const { world, one, asOwner, owner, member, organizationId, store } = await open();
    const { user } = await member("milo");
    const file = await asOwner.files.create({ createdBy: owner.id, mimetype: "application/x-tar", data: Buffer.from("a tar archive") });
    const version = { organizationId, fileId: file.id, provisioner: "terraform", createdBy: user.id } as const;
    const { job } = await store.system.templateVersions.create(version);
    await asOwner.users.delete(user.id);
    expect(await one.acquire()).toMatchObject({ jobId: job.id, userName: "milo" });
    await one.client.completeJob({ jobId: job.id, type: { case: "templateImport", value: {} } }, one.options);
    expect(await status(world, job.id)).toBe("succeeded");
  });

  test("canceling ends a pending job at once, and asks the daemon to end a running one", async () => {
    const { world, one, asOwner, member } = await open();
    const pending = await pushVersion(world);
    await expect(asOwner.jobs.cancel(pending.job.id, "running")).rejects.toThrow(JobNotCancellableError);
    const over = asOwner.jobs.waitUntilOver(pending.job.id, AbortSignal.timeout(10_000));
    await asOwner.jobs.cancel(pending.job.id, "pending");
    expect((await over).job_status).toBe("canceled");
    await expect(asOwner.jobs.cancel(pending.job.id)).rejects.toThrow(JobNotCancellableError);

    const running = await pushVersion(world);
    expect((await one.acquire())?.jobId).toBe(running.job.id);
    const { view } = await member("milo");
    await expect(view.jobs.cancel(running.job.id)).rejects.toThrow(NotFoundError);
    await asOwner.jobs.cancel(running.job.id);
    expect(await status(world, running.job.id)).toBe("canceling");
    await expect(asOwner.jobs.cancel(running.job.id)).rejects.toThrow(JobNotCancellableError);
    expect((await one.client.updateJob({ jobId: running.job.id }, one.options)).canceled).toBe(true);
    await one.client.failJob({ jobId: running.job.id, error: "interrupted" }, one.options);
    expect(await status(world, running.job.id)).toBe("failed");
  });

  test("a canceled build leaves the workspace free for the next one", async () => {
    const { world, one, asOwner, owner } = await open();
    const template = await makeTemplate(world, one);
    const { workspace, build } = await asOwner.workspaces.create({
      ownerId: owner.id,
      templateId: template.id,
      name: "ws",
      parameters: [],
    });
    const start = { workspaceId: workspace.id, transition: "start" } as const;
    await expect(asOwner.builds.create(start)).rejects.toThrow(BuildActiveError);
    await asOwner.jobs.cancel(build.job.id);
    expect((await asOwner.builds.create(start)).build_number).toBe(2);
  });

  test("logs come in order, to followers too, and stop at their limit with a line that says so", async () => {
    const { world, one, asOwner, clock } = await open();
    const { job } = await pushVersion(world);
    await one.acquire();
    const log = (output: string, stage = "Setting up", level = 2) => ({
      source: 1,
      level,
      stage,
      output,
      createdAt: BigInt(clock.now().getTime()),
    });
    await one.client.updateJob({ jobId: job.id, logs: [log("one"), log("two\0")] }, one.options);
    const seen: JobLog[] = [];
    const following = (async () => {
      for await (const line of asOwner.jobs.followLogs(job.id, { signal: AbortSignal.timeout(20_000) })) seen.push(line);
    })();
    await one.client.updateJob({ jobId: job.id, logs: [log("three", "Planning")] }, one.options);
    await one.client.updateJob({ jobId: job.id, logs: [log("x".repeat(JOB_LOG_LIMIT_BYTES)), log("never")] }, one.options);
    await one.client.updateJob({ jobId: job.id, logs: [log("nor this"), log("but this", "Planning", 4)] }, one.options);
    await one.client.completeJob({ jobId: job.id, type: { case: "templateImport", value: {} } }, one.options);
    await following;
    expect(seen.map(({ output }) => output)).toEqual([
      "one",
      "two\u{FFFD}",
      "three",
      "The log has reached its limit of 1 MiB: later output is not kept, except errors.",
      "but this",
    ]);
    expect(seen[0]).toMatchObject({ source: "provisioner", level: "info", stage: "Setting up", created_at: clock.now() });
    expect(seen[3]).toMatchObject({ source: "provisioner_daemon", level: "warn" });
    expect(await asOwner.jobs.logs(job.id, seen[1]?.id)).toEqual(seen.slice(2));
    expect((await asOwner.jobs.get(job.id)).logs_overflowed).toBe(true);
    await expect(one.client.updateJob({ jobId: job.id, logs: [{ ...log("x"), level: Number("99") }] }, one.options)).rejects.toThrow();
  });

  test("a line that is sent again, because an answer was lost, is taken once", async () => {
    const { world, one, asOwner } = await open();
    const { job } = await pushVersion(world);
    await one.acquire();
    const send = (firstLog: number, ...outputs: string[]) =>
      one.client.updateJob(
        { jobId: job.id, firstLog: BigInt(firstLog), logs: outputs.map((output) => ({ source: 1, level: 2, stage: "Planning", output })) },
        one.options,
      );
    const kept = async () => (await asOwner.jobs.logs(job.id)).map(({ output }) => output);
    await send(1, "one", "two");
    await send(1, "one", "two");
    await send(2, "two", "three");
    await send(1, "one");
    expect(await kept()).toEqual(["one", "two", "three"]);
    // A gap: the daemon has dropped lines. A line without a number is new, whatever it says.
    await send(6, "six");
    await send(0, "six");
    await send(0, "six");
    expect(await kept()).toEqual(["one", "two", "three", "six", "six", "six"]);
    await send(7, "x".repeat(JOB_LOG_LIMIT_BYTES), "eight");
    await send(7, "x".repeat(JOB_LOG_LIMIT_BYTES), "eight");
    await send(8, "eight", "nine");
    expect((await kept()).slice(6)).toEqual([expect.stringContaining("The log has reached its limit of 1 MiB")]);
    for (const wrong of [-1n, BigInt(Number.MAX_SAFE_INTEGER)])
      await expect(one.client.updateJob({ jobId: job.id, firstLog: wrong, logs: [{}] }, one.options)).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
      });
  });

  test("a job that another daemon takes has its lines counted anew", async () => {
    const { world, one, daemon, asOwner, store } = await open();
    const { core } = store.system;
    const { job } = await pushVersion(world);
    await one.acquire();
    const send = (by: typeof one, output: string) => by.client.updateJob({ jobId: job.id, firstLog: 1n, logs: [{ output }] }, by.options);
    await send(one, "one's");
    const claimed = await core.db.selectFrom("provisioner_jobs").selectAll().where("id", "=", job.id).executeTakeFirstOrThrow();
    await releaseJob(core, JOB_KINDS, claimed);
    const two = daemon({ name: "two" });
    expect((await two.acquire())?.jobId).toBe(job.id);
    await send(two, "two's");
    expect((await asOwner.jobs.logs(job.id)).map(({ output }) => output)).toEqual(["one's", "two's"]);
  });

  test("a follower that leaves, leaves", async () => {
    const { world, asOwner } = await open();
    const { job } = await pushVersion(world);
    const leaving = new AbortController();
    const following = (async () => {
      for await (const _ of asOwner.jobs.followLogs(job.id, { signal: leaving.signal }));
    })();
    leaving.abort();
    await following;
    await expect(asOwner.jobs.waitUntilOver(job.id, leaving.signal)).rejects.toThrow();
  });

  test("daemons are refused with a reason: wrong key, newer API, bad name", async () => {
    const { daemon, asOwner, organizationId } = await open();
    const unauthenticated = { code: "UNAUTHENTICATED" };
    for (const key of ["", "pvk_short", `${"x".repeat(53)}`, formatSecret("provisioner")])
      await expect(daemon({ key }).acquire(), key).rejects.toMatchObject(unauthenticated);
    await expect(daemon({ version: "1.99" }).acquire()).rejects.toMatchObject({
      code: "FAILED_PRECONDITION",
      message: expect.stringContaining("upgrade the server first"),
    });
    await expect(daemon({ name: "no spaces please" }).acquire()).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    expect(await asOwner.provisionerDaemons.list(organizationId)).toEqual([]);
  });

  test("a stored key makes a daemon with the key's tags, and ends with the key", async () => {
    const { world, daemon, asOwner, organizationId, member } = await open({ recheckMs: 20 });
    const made = await asOwner.provisionerKeys.create({ organizationId, name: "build-farm", tags: { zone: "a" } });
    await expect(asOwner.provisionerKeys.create({ organizationId, name: "Build-Farm", tags: {} })).rejects.toMatchObject({
      code: "name_taken",
    });
    await expect(asOwner.provisionerKeys.create({ organizationId, name: "built-in", tags: {} })).rejects.toMatchObject({
      code: "invalid_input",
    });
    expect((await asOwner.provisionerKeys.list(organizationId)).map(({ name }) => name)).toEqual(["build-farm"]);
    const remote = daemon({ name: "remote", key: made.secret });
    const waiting = remote.acquire();
    const { job } = await pushVersion(world, { tags: { zone: "a" } });
    expect((await waiting)?.jobId).toBe(job.id);
    const [row] = await asOwner.provisionerDaemons.list(organizationId);
    expect(row).toMatchObject({ name: "remote", key_name: "build-farm", tags: { zone: "a" }, api_version: "1.19", current_job_id: job.id });
    await remote.client.failJob({ jobId: job.id, error: "x" }, remote.options);
    expect((await asOwner.provisionerDaemons.list(organizationId))[0]).toMatchObject({ current_job_id: null, previous_job_id: job.id });

    const { view } = await member("milo");
    await expect(view.provisionerKeys.delete(made.key.id)).rejects.toMatchObject({ code: "forbidden" });
    const again = remote.acquire();
    await asOwner.provisionerKeys.delete(made.key.id);
    await expect(again).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });

  test("the same name under another key is another daemon, and gets none of its jobs", async () => {
    const { world, one, daemon, asOwner, organizationId } = await open();
    const { secret } = await asOwner.provisionerKeys.create({ organizationId, name: "other", tags: {} });
    const version = await pushVersion(world);
    await one.acquire();
    const thief = daemon({ name: "daemon-1", key: secret });
    await expect(thief.client.updateJob({ jobId: version.job.id }, thief.options)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  });

  test("module archives come in pieces, whole or not at all, and go to daemons of their organization", async () => {
    const { world, one, asOwner } = await open();

    const data = Buffer.alloc(3 << 20, "m");
    const hash = createHash("sha256").update(data).digest();
    const pieces = async function* (size: number) {
      yield { type: { case: "dataUpload" as const, value: { uploadType: 1, dataHash: hash, fileSize: BigInt(data.length), chunks: 2 } } };
      for (let index = 0; index * (2 << 20) < size; index++)
        yield {
          type: {
            case: "chunkPiece" as const,
            value: { data: data.subarray(index * (2 << 20), (index + 1) * (2 << 20)), fullDataHash: hash, pieceIndex: index },
          },
        };
    };
    await expect(one.client.uploadFile(pieces(1), one.options)).rejects.toThrow("before it was complete");
    await one.client.uploadFile(pieces(data.length), one.options);
    const version = await pushVersion(world);
    await one.acquire();
    await one.client.completeJob(
      { jobId: version.job.id, type: { case: "templateImport", value: { moduleFilesHash: hash } } },
      one.options,
    );
    const template = await asOwner.templates.create({ organizationId: world.organizationId, versionId: version.id, name: "modules" });
    await asOwner.workspaces.create({ ownerId: world.owner.id, templateId: template.id, name: "ws", parameters: [] });
    const { build } = await complete(one);
    const received: Uint8Array[] = [];
    const fileId = build.metadata?.templateVersionModulesFile ?? "";
    for await (const { type } of one.client.downloadFile({ fileId, uploadType: 1 }, one.options))
      if (type.case === "chunkPiece") received.push(type.value.data);
    expect(Buffer.concat(received).equals(data)).toBe(true);
    const wrong = one.client.downloadFile({ fileId: version.job.file_id, uploadType: 1 }, one.options);
    await expect(wrong[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
}
