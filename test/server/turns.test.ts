/** Several people wait for the daemons of a real server, which answers over HTTP and gRPC. */
import { expect, test } from "vitest";
import { addPerson } from "./people.ts";
import { playDaemon } from "./played-daemon.ts";
import { makeTemplate, pushVersion } from "./scenario.ts";
import { openServerWorld, type ServerWorld, tarOf } from "./server-world.ts";

/** Creates a person's workspaces. @returns the jobs of their builds */
async function ask(world: ServerWorld, templateId: string, name: string, count: number): Promise<string[]> {
  const person = await addPerson(world, { username: name });
  const jobs: string[] = [];
  for (let n = 0; n < count; n++) {
    const answer = await person.call("POST", "/api/v2/users/me/workspaces", { name: `${name}-${n}`, template_id: templateId });
    expect(answer.status).toBe(201);
    jobs.push(answer.json.latest_build.job.id);
  }
  return jobs;
}

test("after the forty builds of one member, the first of another is next, and his place says so", async () => {
  await using world = await openServerWorld();
  using daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  const template = await makeTemplate(world, daemon);
  const hers = await ask(world, template.id, "milo", 40);
  expect((await daemon.acquire()).jobId).toBe(hers[0]);
  const [his] = await ask(world, template.id, "nina", 1);
  const jobs = await world.client.listProvisionerJobs("default", { limit: 100 });
  const placeOf = (id: string | undefined) => jobs.find((job) => job.id === id);
  expect(placeOf(his)).toMatchObject({ status: "pending", queue_position: 1, queue_size: 40 });
  expect(placeOf(hers[1])).toMatchObject({ queue_position: 2 });
  expect(placeOf(hers[39])).toMatchObject({ queue_position: 40 });
  expect(placeOf(hers[0])).toMatchObject({ status: "running", queue_position: 0 });

  await daemon.fail({ jobId: hers[0] ?? "", error: "over" });
  expect((await daemon.acquire()).jobId).toBe(his);
  await daemon.fail({ jobId: his ?? "", error: "over" });
  expect((await daemon.acquire()).jobId).toBe(hers[1]);
});

for (const { what, config, most } of [
  { what: "all daemons but one", config: {}, most: 2 },
  { what: "what the operator says", config: { maxRunningJobsPerOwner: 1 }, most: 1 },
]) {
  test(`with all daemons at one member's long builds, each that gets free is for others, until she has ${what}`, async () => {
    await using world = await openServerWorld(config);
    const daemons = [1, 2, 3].map((n) => playDaemon({ url: world.url, key: world.server.builtInDaemonKey, name: `played-${n}` }));
    using stack = new DisposableStack();
    for (const daemon of daemons) stack.use(daemon);
    const [one, two] = daemons;
    if (one === undefined || two === undefined) throw new Error("no daemons");
    const template = await makeTemplate(world, one);
    const hers = await ask(world, template.id, "milo", 9);
    const running: string[] = [];
    for (const daemon of daemons) running.push((await daemon.acquire()).jobId);
    expect(running.toSorted()).toEqual(hers.slice(0, 3).toSorted());
    const his = await ask(world, template.id, "nina", 6);

    const owners: string[] = [];
    const free = async (daemon: typeof one, jobId: string): Promise<string> => {
      await daemon.fail({ jobId, error: "over" });
      const next = (await daemon.acquire()).jobId;
      owners.push(his.includes(next) ? "his" : "hers");
      return next;
    };
    const first = await free(one, running[0] ?? "");
    const second = await free(one, first);
    expect(owners).toEqual(["his", "his"]);
    // Now only one of hers runs, and it is her turn.
    await one.fail({ jobId: second, error: "over" });
    await free(two, running[1] ?? "");
    expect(owners[2]).toBe(most === 1 ? "his" : "hers");
  });
}

test("a job that only other daemons can take keeps nobody from a turn", async () => {
  await using world = await openServerWorld();
  using daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  const { hash } = await world.client.uploadFile(await tarOf({ "main.tf": "# far\n" }));
  const tagged = { storage_method: "file", provisioner: "terraform", file_id: hash, tags: { zone: "far" } } as const;
  await world.client.createTemplateVersion("default", tagged);
  const version = await pushVersion(world);
  expect((await daemon.acquire()).jobId).toBe(version.job.id);
});
