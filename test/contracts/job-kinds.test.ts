import { expect, test } from "vitest";
import { provisionerJobObject } from "#authz/object.ts";
import { SYSTEM } from "#authz/subject.ts";
import { accessTo } from "#server/access/access.ts";
import { type FileId, type JobId, TemplateVersionId } from "#server/ids.ts";
import { cancelJob } from "#server/provisioning/cancel-job.ts";
import { describeJobsById } from "#server/provisioning/describe-jobs.ts";
import { insertJob } from "#server/provisioning/insert-job.ts";
import { InvalidCompletionError } from "#server/provisioning/invalid-completion.ts";
import type { JobEnd, JobKind } from "#server/provisioning/job-kind.ts";
import { createReaper } from "#server/provisioning/reaper.ts";
import { normalizeTags } from "#server/provisioning/tags.ts";
import { serveDaemons } from "./daemon.ts";
import { newSqlite } from "./databases.ts";
import { openWorld } from "./world.ts";

const LEASE_MS = 45_000;

test("a kind that is handed in prepares its jobs and hears how each of them ends", async () => {
  const { one, enqueue, asOwner, heard } = await open();
  const jobId = await enqueue();
  expect(await one.acquire()).toMatchObject({ jobId, type: { case: "templateDryRun", value: { variableValues: [{ name: jobId }] } } });
  const update = await one.client.updateJob({ jobId, readme: Buffer.from("read") }, one.options);
  expect(update.variableValues).toMatchObject([{ name: "readme", value: "read" }]);
  await one.client.completeJob({ jobId, type: { case: "templateDryRun", value: { resources: [{ name: "fine" }] } } }, one.options);
  expect(heard).toEqual(["completed: fine"]);
  expect((await asOwner.jobs.get(jobId)).job_status).toBe("succeeded");
});

test("what breaks a rule of the kind makes the job fail, and the kind hears of it again", async () => {
  const { one, enqueue, asOwner, heard } = await open();
  const jobId = await enqueue();
  await one.acquire();
  const completion = one.client.completeJob(
    { jobId, type: { case: "templateDryRun", value: { resources: [{ name: "bad" }] } } },
    one.options,
  );
  await expect(completion).rejects.toThrow("bad is not allowed");
  expect(heard).toEqual(["completed: bad", "refused: bad"]);
  expect(await asOwner.jobs.get(jobId)).toMatchObject({ job_status: "failed", error: "bad is not allowed" });
});

test("a kind gets no message of another one", async () => {
  const { one, enqueue, heard } = await open();
  const jobId = await enqueue();
  await one.acquire();
  const other = { case: "workspaceBuild", value: { state: Buffer.from("a state") } } as const;
  await expect(one.client.completeJob({ jobId, type: other }, one.options)).rejects.toThrow(
    "sent a result of type workspaceBuild for a job of type template_version_dry_run",
  );
  const again = await enqueue();
  await one.acquire();
  await one.client.failJob({ jobId: again, error: "no", type: other }, one.options);
  expect(heard).toEqual(["refused: nothing", "failed: nothing"]);
});

test("a kind hears of a job that is given up, and that it was canceled", async () => {
  const { one, enqueue, heard, core, kind } = await open();
  const jobId = await enqueue();
  await one.acquire();
  await one.client.updateJob({ jobId }, one.options);
  const reaper = createReaper(core, { kinds: [kind], leaseMs: LEASE_MS, unwatchedMs: LEASE_MS, log: console });
  await reaper.look(0);
  await reaper.look(LEASE_MS);
  await cancelJob(accessTo(core)(SYSTEM), [kind], await enqueue());
  expect(heard).toEqual(["given_up: nothing", "changed"]);
});

test("a job that no kind knows is a job of its organization; one whose kind is missing is an error", async () => {
  const { enqueue, core, organizationId, kind } = await open();
  const id = await enqueue();
  const found = await describeJobsById(core.db, [{ ...kind, describe: async () => new Map() }], [id]);
  expect(found.get(id)?.object).toEqual(provisionerJobObject({ organizationId }));
  await expect(describeJobsById(core.db, [], [id])).rejects.toThrow("no job kind was passed for jobs of type template_version_dry_run");
});

/** The queue with one kind that is none of the server's own. */
async function open() {
  const world = await openWorld(newSqlite);
  const { organizationId, owner, asOwner, store } = world;
  const { core } = store.system;
  const heard: string[] = [];
  const kind = listeningKind(heard);
  const served = await serveDaemons(world, { kinds: [kind] });
  const file = await asOwner.files.create({ createdBy: owner.id, mimetype: "application/x-tar", data: Buffer.from("an archive") });
  const enqueue = async (): Promise<JobId> => {
    const id = core.newId<JobId>();
    await core.write((tx) => insertJob(core, tx, { ...newJob(file.id), id, organizationId, initiatorId: owner.id }));
    return id;
  };
  return { ...world, one: served.daemon(), enqueue, heard, core, kind };
}

function newJob(fileId: FileId) {
  const input = { template_version_id: TemplateVersionId.parse(crypto.randomUUID()), template_id: null };
  return { type: "template_version_dry_run", provisioner: "terraform", fileId, input, tags: normalizeTags(undefined) } as const;
}

function listeningKind(heard: string[]): JobKind<"templateDryRun"> {
  const leftBy = (end: JobEnd<"templateDryRun">): string => ("outcome" in end && end.outcome?.resources[0]?.name) || "nothing";
  return {
    type: "template_version_dry_run",
    case: "templateDryRun",
    checkedAs: [],
    prepare: async (_core, _tx, { id }) => ({ case: "templateDryRun", value: { variableValues: [{ name: id }] } }),
    progress: async (_core, _tx, _job, { readme }) => ({
      variables: [{ name: "readme", value: Buffer.from(readme).toString(), sensitive: false, json: false }],
    }),
    end: async (_core, _tx, _job, end) => {
      heard.push(`${end.how}: ${leftBy(end)}`);
      if (end.how === "completed" && leftBy(end) === "bad") throw new InvalidCompletionError("bad is not allowed");
    },
    changed: async () => {
      heard.push("changed");
    },
    describe: async () => new Map(),
  };
}
