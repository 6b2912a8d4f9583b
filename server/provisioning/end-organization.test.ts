import { expect, test } from "vitest";
import { serveDaemons } from "#test/contracts/daemon.ts";
import { newSqlite } from "#test/contracts/databases.ts";
import { pushVersion } from "#test/contracts/template.ts";
import { openWorld } from "#test/contracts/world.ts";

test("an organization that is deleted leaves no job pending, and its daemons bring their running jobs to an end", async () => {
  const world = await openWorld(newSqlite);
  const { daemon } = await serveDaemons(world);
  const { asOwner } = world;
  const lab = await asOwner.organizations.create({ name: "lab", displayName: "" });
  const { secret } = await asOwner.provisionerKeys.create({ organizationId: lab.id, name: "labs", tags: {} });
  const labs = daemon({ name: "labs-1", key: secret });
  const running = await pushVersion(world, { organizationId: lab.id });
  expect((await labs.acquire())?.jobId).toBe(running.job.id);
  const idle = daemon({ name: "labs-2", key: secret }).acquire();
  // It may be refused before the test waits for that.
  idle.catch(() => {});
  const pending = await pushVersion(world, { organizationId: lab.id, tags: { zone: "nowhere" } });
  const elsewhere = await pushVersion(world);

  await asOwner.organizations.delete(lab.id);
  await expect(idle).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  const { jobs, auditLogs } = world.store.system;
  expect(await jobs.get(pending.job.id)).toMatchObject({ job_status: "canceled", error: null });
  expect((await jobs.logs(pending.job.id)).map(({ output }) => output)).toEqual(["The organization was deleted, so the job was canceled."]);
  expect((await jobs.get(running.job.id)).job_status).toBe("canceling");
  expect((await jobs.get(elsewhere.job.id)).job_status).toBe("pending");
  const { entries } = await auditLogs.list({}, { limit: 3 });
  expect(entries.map(({ action, resource_type, resource_id }) => `${action} ${resource_type} ${resource_id}`)).toEqual([
    `delete organization ${lab.id}`,
    `write template_version ${pending.id}`,
    `write template_version ${running.id}`,
  ]);

  const jobId = running.job.id;
  expect((await labs.client.updateJob({ jobId }, labs.options)).canceled).toBe(true);
  await labs.client.failJob({ jobId, error: "" }, labs.options);
  expect((await jobs.get(jobId)).job_status).toBe("canceled");
  await expect(labs.acquire()).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
});
