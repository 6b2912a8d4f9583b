import { expect, test } from "vitest";
import { JOB_KINDS } from "#server/features.ts";
import { openAgentWorld } from "#test/contracts/stored.ts";
import { NotFoundError } from "../errors.ts";
import { JobId } from "../ids.ts";
import { resourceJson } from "./json.ts";
import { resourcesOfJob, resourcesOfJobs } from "./read-resources.ts";

test("resources are for who may read what their job is for", async () => {
  const { world, access, build, template } = await openAgentWorld();
  const jobId = build.job.id;
  expect(await resourcesOfJob(access, JOB_KINDS, jobId)).toMatchObject([{ name: "machine", agents: [{ name: "main" }] }]);
  const mona = (await world.person("mona")).access;
  await expect(resourcesOfJob(mona, JOB_KINDS, jobId)).rejects.toThrow(NotFoundError);
  await expect(resourcesOfJob(access, JOB_KINDS, JobId.parse("5ca1ab1e-0000-4000-8000-000000000000"))).rejects.toThrow(NotFoundError);
  const version = await world.core.db
    .selectFrom("template_versions")
    .select("job_id")
    .where("id", "=", template.active_version_id)
    .executeTakeFirstOrThrow();
  expect(await resourcesOfJob(mona, JOB_KINDS, version.job_id)).toEqual([]);
  expect([...(await resourcesOfJobs(access, JOB_KINDS, [jobId, version.job_id])).keys()]).toEqual([jobId]);
  expect((await resourcesOfJobs(mona, JOB_KINDS, [jobId])).size).toBe(0);
});

test("what is sensitive about a resource is named and not shown", async () => {
  const { access, build, world } = await openAgentWorld();
  const [resource] = await resourcesOfJob(access, JOB_KINDS, build.job.id);
  if (resource === undefined) throw new Error("there is a machine");
  const about = { workspace_resource_id: resource.id };
  const metadata = [
    { ...about, position: 0, key: "password", value: "hunter2", sensitive: true },
    { ...about, position: 1, key: "zone", value: "a", sensitive: false },
  ];
  expect(resourceJson({ ...resource, metadata }, world.clock.now()).metadata).toEqual([
    { key: "password", value: "", sensitive: true },
    { key: "zone", value: "a", sensitive: false },
  ]);
});
