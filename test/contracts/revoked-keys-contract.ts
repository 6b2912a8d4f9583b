import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { findAuditedResources } from "#server/audit-log/audited-resource-rows.ts";
import { JOB_KINDS } from "#server/features.ts";
import type { JobId } from "#server/ids.ts";
import { acquireJob } from "#server/provisioning/acquire-job.ts";
import { claimJob } from "#server/provisioning/claim-job.ts";
import { purgeKeys } from "#server/provisioning/key-purge.ts";
import { createReaper } from "#server/provisioning/reaper.ts";
import { normalizeTags } from "#server/provisioning/tags.ts";
import { serveDaemons, type TestDaemon } from "./daemon.ts";
import type { NewDatabase } from "./databases.ts";
import { textOf } from "./state-text.ts";
import { makeTemplate, pushVersion } from "./template.ts";
import { openWorld } from "./world.ts";

const UNAUTHENTICATED = { code: "UNAUTHENTICATED" };

/** What a provisioner key opens after it was deleted: nothing, except the ends of the jobs that its daemons were running. */
export function revokedKeysContract(newDatabase: NewDatabase): void {
  const open = async () => {
    const world = await openWorld(newDatabase);
    const served = await serveDaemons(world);
    const { asOwner, organizationId, store } = world;
    const { key, secret } = await asOwner.provisionerKeys.create({ organizationId, name: "far", tags: {} });
    const revoke = () => asOwner.provisionerKeys.delete(key.id);
    const rows = async () => {
      const { db } = store.system.core;
      const keys = await db.selectFrom("provisioner_keys").select("id").where("id", "=", key.id).execute();
      const daemons = await db.selectFrom("provisioner_daemons").select("id").where("key_id", "=", key.id).execute();
      return { keys: keys.length, daemons: daemons.length };
    };
    const far = (name = "far-1") => served.daemon({ name, key: secret });
    return { ...world, ...served, world, key, secret, revoke, rows, far, one: served.daemon() };
  };
  const running = async (world: Parameters<typeof pushVersion>[0], by: TestDaemon): Promise<JobId> => {
    const { job } = await pushVersion(world);
    expect((await by.acquire())?.jobId).toBe(job.id);
    return job.id;
  };

  test("whoever waits for a job with it is refused at once, and gets no job that comes later", async () => {
    const { world, far, one, revoke, rows, asOwner } = await open();
    const waiting = [far("far-1").acquire(), far("far-2").acquire(), far("far-3").client.acquireJob({}, far("far-3").options)];
    // They may be refused before the test waits for that.
    for (const one of waiting) one.catch(() => {});
    const unaffected = one.acquire();
    await expect.poll(async () => (await rows()).daemons).toBe(3);
    const startedAtMs = performance.now();
    await revoke();
    for (const one of waiting) await expect(one).rejects.toMatchObject({ ...UNAUTHENTICATED, message: "the provisioner key was deleted" });
    // Well before the keys of waiting daemons are checked again, or the older call ends.
    expect(performance.now() - startedAtMs).toBeLessThan(4_000);
    const { job } = await pushVersion(world);
    expect((await unaffected)?.jobId).toBe(job.id);
    expect(await rows()).toEqual({ keys: 0, daemons: 0 });
    await expect(far().acquire()).rejects.toMatchObject(UNAUTHENTICATED);
    expect(await asOwner.provisionerKeys.list(world.organizationId)).toEqual([]);
  });

  test("a running job of its daemon is canceled, and the daemon brings it to an end with its state", async () => {
    const { world, far, one, revoke, asOwner, owner } = await open();
    const template = await makeTemplate(world, one);
    const { build } = await asOwner.workspaces.create({ ownerId: owner.id, templateId: template.id, name: "ws", parameters: [] });
    const { client, options, acquire } = far();
    await acquire();
    const { id: jobId } = build.job;
    expect(await client.updateJob({ jobId }, options)).toMatchObject({ canceled: false });
    await revoke();
    expect(await asOwner.jobs.get(jobId)).toMatchObject({ job_status: "canceling", worker_name: "far-1" });
    const state = Buffer.from("stopped half-way");
    expect(await client.updateJob({ jobId, workspaceBuildState: state }, options)).toMatchObject({ canceled: true });
    expect(await textOf(await asOwner.builds.state(build.id))).toBe(Buffer.from(state).toString());
    const left = Buffer.from("left by Terraform");
    const { stateId } = await client.uploadState(statePieces(jobId, left), options);
    await client.failJob({ jobId, type: { case: "workspaceBuild", value: { stateId } } }, options);
    await expect(client.uploadState(statePieces(jobId, left), options)).rejects.toMatchObject(UNAUTHENTICATED);
    expect(await asOwner.jobs.get(jobId)).toMatchObject({ job_status: "canceled", error: null });
    expect(await textOf(await asOwner.builds.state(build.id))).toBe(Buffer.from(left).toString());
    expect((await asOwner.jobs.logs(jobId)).map(({ output }) => output)).toEqual([
      "The provisioner key far, which the daemon of this job uses, was deleted, so the job was canceled.",
    ]);
    const entries = (await asOwner.auditLogs.list({}, { limit: 3 })).entries;
    expect(entries.map(({ action, resource_type, additional_fields }) => ({ action, resource_type, ...additional_fields }))).toMatchObject([
      // The end of the build, whose daemon gave no reason.
      { action: "start", resource_type: "workspace_build" },
      { action: "delete", resource_type: "provisioner_key" },
      { action: "write", resource_type: "workspace_build", job_id: jobId, job_canceled: true },
    ]);
  });

  for (const { what, applying } of [
    { what: "had begun to apply: its log says that the last state may be missing", applying: true },
    { what: "had not begun to apply: there is nothing to look for", applying: false },
  ])
    test(`a job whose daemon is lost after that, and ${what}`, async () => {
      const { world, far, one, revoke, asOwner, owner, store } = await open();
      const template = await makeTemplate(world, one);
      const { build } = await asOwner.workspaces.create({ ownerId: owner.id, templateId: template.id, name: "ws", parameters: [] });
      const { client, options, acquire } = far();
      await acquire();
      const { id: jobId } = build.job;
      await client.updateJob({ jobId, applying }, options);
      await revoke();
      const reaper = createReaper(store.system.core, { kinds: JOB_KINDS, leaseMs: 1, unwatchedMs: Number.POSITIVE_INFINITY, log: console });
      await reaper.look(0);
      expect(await reaper.look(1)).toEqual([jobId]);
      const logs = (await asOwner.jobs.logs(jobId)).map(({ output }) => output).join("\n");
      expect(logs).toContain("not been heard from");
      const said = /The key of the provisioner daemon far-1 was deleted.*may be missing.*`proviso state push olive\/ws FILE`/;
      if (applying) expect(logs).toMatch(said);
      else expect(logs).not.toMatch(/may be missing/);
    });

  test("its daemon may complete the job that it was running, too", async () => {
    const { world, far, revoke, asOwner } = await open();
    const { client, options, ...rest } = far();
    const jobId = await running(world, { client, options, ...rest });
    await revoke();
    await client.completeJob({ jobId, type: { case: "templateImport", value: {} } }, options);
    expect((await asOwner.jobs.get(jobId)).job_status).toBe("canceled");
  });

  test("beside that it opens nothing, even while a job is being ended with it", async () => {
    const { world, far, one, secret, daemon, revoke, rows } = await open();
    const mine = far();
    const jobId = await running(world, mine);
    const ofAnother = await running(world, far("far-2"));
    // A daemon of the key that has been there, and holds nothing.
    await far("far-3").acquire(AbortSignal.timeout(1));
    const ofNobody = (await pushVersion(world)).job.id;
    await revoke();
    const before = await rows();
    const uploads = async function* () {
      yield { type: { case: "dataUpload" as const, value: { uploadType: 1, dataHash: Buffer.alloc(32), fileSize: 0n, chunks: 0 } } };
    };
    const { client, options } = mine;
    await expect(mine.acquire()).rejects.toMatchObject(UNAUTHENTICATED);
    await expect(client.acquireJob({}, options)).rejects.toMatchObject(UNAUTHENTICATED);
    await expect(client.commitQuota({ jobId, dailyCost: 1 }, options)).rejects.toMatchObject(UNAUTHENTICATED);
    await expect(client.uploadFile(uploads(), options)).rejects.toMatchObject(UNAUTHENTICATED);
    const download = client.downloadFile({ fileId: crypto.randomUUID(), uploadType: 1 }, options);
    await expect(download[Symbol.asyncIterator]().next()).rejects.toMatchObject(UNAUTHENTICATED);
    const states = client.downloadState({ jobId }, options);
    await expect(states[Symbol.asyncIterator]().next()).rejects.toMatchObject(UNAUTHENTICATED);
    const denied = { code: "PERMISSION_DENIED" };
    for (const other of [ofAnother, ofNobody]) {
      await expect(client.updateJob({ jobId: other }, options)).rejects.toMatchObject(denied);
      await expect(client.failJob({ jobId: other, error: "x" }, options)).rejects.toMatchObject(denied);
      await expect(client.completeJob({ jobId: other }, options)).rejects.toMatchObject(denied);
      await expect(client.uploadState(statePieces(other, Buffer.from("x")), options)).rejects.toMatchObject(denied);
    }
    // Neither a daemon that holds nothing nor one that never was there gets in, and none is remembered.
    for (const name of ["far-3", "never-seen"]) {
      const stranger = daemon({ name, key: secret });
      await expect(stranger.acquire()).rejects.toMatchObject(UNAUTHENTICATED);
      await expect(stranger.client.updateJob({ jobId }, stranger.options)).rejects.toMatchObject(UNAUTHENTICATED);
      await expect(stranger.client.failJob({ jobId, error: "x" }, stranger.options)).rejects.toMatchObject(UNAUTHENTICATED);
      const upload = stranger.client.uploadState(statePieces(jobId, Buffer.from("x")), stranger.options);
      await expect(upload).rejects.toMatchObject(UNAUTHENTICATED);
    }
    expect(await rows()).toEqual(before);
    // Its own job is over: nothing is left to it, not even to say so again, although another daemon of the key still has one.
    await client.failJob({ jobId, error: "" }, options);
    await expect(client.failJob({ jobId, error: "" }, options)).rejects.toMatchObject(UNAUTHENTICATED);
    await expect(client.updateJob({ jobId }, options)).rejects.toMatchObject(UNAUTHENTICATED);
    await expect(client.completeJob({ jobId, type: { case: "templateImport", value: {} } }, options)).rejects.toMatchObject(
      UNAUTHENTICATED,
    );
    expect((await one.acquire())?.jobId).toBe(ofNobody);
  });

  test("a daemon that still has another job cannot speak of the one that has ended", async () => {
    const { world, far, revoke } = await open();
    const { client, options, ...rest } = far();
    const first = await running(world, { client, options, ...rest });
    const second = await running(world, { client, options, ...rest });
    await client.failJob({ jobId: first, error: "x" }, options);
    await revoke();
    await expect(client.failJob({ jobId: first, error: "x" }, options)).rejects.toMatchObject(UNAUTHENTICATED);
    expect(await client.updateJob({ jobId: second }, options)).toMatchObject({ canceled: true });
  });

  test("a job that was given to its daemon, but not sent yet, is not sent", async () => {
    const { world, queue, far, key, revoke, asOwner, owner, one, store, organizationId } = await open();
    const { core } = store.system;
    const template = await makeTemplate(world, one);
    await far().acquire(AbortSignal.timeout(1));
    const { build } = await asOwner.workspaces.create({ ownerId: owner.id, templateId: template.id, name: "ws", parameters: [] });
    const keysBefore = await core.db.selectFrom("api_keys").select("id").execute();
    const { id } = await core.db.selectFrom("provisioner_daemons").select("id").where("name", "=", "far-1").executeTakeFirstOrThrow();
    const worker = { id, organizationId, provisioners: ["terraform"], tags: normalizeTags(undefined) } as const;
    const session = { ...worker, keyId: key.id, name: "far-1", apiVersion: "1.19", isRevoked: false, canDownloadState: true };
    // The key goes between the claim of the job and the preparation of its message.
    const acquire = async () => {
      const job = await claimJob(core, worker);
      await revoke();
      return job;
    };
    const acquirer = { ...queue.acquirer, acquire };
    const deps = { core, queue: { ...queue, acquirer }, accessUrl: () => "https://proviso.example.test", log: console };
    const signal = new AbortController().signal;
    await expect(acquireJob(deps, { session, left: signal }, signal)).rejects.toMatchObject(UNAUTHENTICATED);
    expect((await asOwner.jobs.get(build.job.id)).job_status).toBe("canceled");
    expect(await core.db.selectFrom("api_keys").select("id").execute()).toEqual(keysBefore);
  });

  test("it is in no list, its name is free, and its row goes when its last job has ended", async () => {
    const { world, far, key, revoke, rows, asOwner, organizationId, store } = await open();
    const { core } = store.system;
    const { client, options, ...rest } = far();
    const jobId = await running(world, { client, options, ...rest });
    await revoke();
    expect(await asOwner.provisionerKeys.list(organizationId)).toEqual([]);
    expect(await asOwner.provisionerDaemons.list(organizationId)).toEqual([]);
    await expect(asOwner.provisionerKeys.getByName(organizationId, "far")).rejects.toMatchObject({ code: "not_found" });
    await expect(revoke()).rejects.toMatchObject({ code: "not_found" });
    const { entries } = await asOwner.auditLogs.list({}, { limit: 1 });
    expect(entries).toMatchObject([{ action: "delete", resource_type: "provisioner_key" }]);
    expect(await findAuditedResources(core.db, entries)).toEqual(new Map());
    const again = await asOwner.provisionerKeys.create({ organizationId, name: "FAR", tags: {} });
    expect(again.key.id).not.toBe(key.id);
    await purgeKeys(core);
    expect(await rows()).toEqual({ keys: 1, daemons: 1 });
    await client.failJob({ jobId, error: "" }, options);
    await purgeKeys(core);
    expect(await rows()).toEqual({ keys: 0, daemons: 0 });
    expect((await asOwner.provisionerKeys.list(organizationId)).map(({ id }) => id)).toEqual([again.key.id]);
  });
}

async function* statePieces(jobId: string, data: Buffer) {
  const sha256 = createHash("sha256").update(data).digest();
  yield { type: { case: "announcement" as const, value: { jobId, size: BigInt(data.length), sha256 } } };
  yield { type: { case: "data" as const, value: data } };
}
