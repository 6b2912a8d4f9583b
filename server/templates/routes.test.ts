import { Type } from "typebox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "#sdk/client.ts";
import { ProvisionerDaemon } from "#sdk/provisioner-daemons.ts";
import { ProvisionerJob, ProvisionerJobLog } from "#sdk/provisioner-jobs.ts";
import { TemplateVersion, TemplateVersionParameter } from "#sdk/template-versions.ts";
import { Template } from "#sdk/templates.ts";
import { WorkspaceResource } from "#sdk/workspace-resources.ts";
import { expectShape } from "#test/server/expect-shape.ts";
import { addPerson, mintToken } from "#test/server/people.ts";
import { type PlayedDaemon, playDaemon } from "#test/server/played-daemon.ts";
import { importNext, makeTemplate, pushVersion } from "#test/server/scenario.ts";
import { openServerWorld, type ServerWorld, tarOf } from "#test/server/server-world.ts";

let world: ServerWorld;
let daemon: PlayedDaemon;
beforeAll(async () => {
  world = await openServerWorld();
  daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
});
afterAll(async () => {
  daemon[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
});

test("imports a version: it waits, runs, tells its logs, and shows what was found", async () => {
  const pushed = await pushVersion(world, { name: "first.1", message: "the first" });
  expectShape(TemplateVersion, pushed);
  expect(pushed).toMatchObject({
    name: "first.1",
    message: "the first",
    archived: false,
    job: { status: "pending", queue_position: 1, queue_size: 1 },
  });
  await expect(world.client.listTemplateVersionResources(pushed.id)).rejects.toMatchObject({ status: 400 });
  await expect(world.client.listTemplateVersionParameters(pushed.id)).rejects.toMatchObject({ status: 403 });
  await expect(world.client.createTemplate("default", { name: "early", template_version_id: pushed.id })).rejects.toMatchObject({
    status: 400,
  });

  const job = await daemon.acquire();
  expect((await world.client.getTemplateVersion(pushed.id)).job).toMatchObject({
    status: "running",
    worker_name: "played",
    queue_position: 0,
  });
  const log = (output: string) => ({ level: 2, source: 1, stage: "Planning", output, createdAt: BigInt(Date.now()) });
  await daemon.update({ jobId: job.jobId, logs: [log("one"), log("two")] });

  // Older lines first, then live ones, until the job is over.
  const followed: ProvisionerJobLog[] = [];
  const following = (async () => {
    for await (const line of world.client.followTemplateVersionLogs(pushed.id)) {
      expectShape(ProvisionerJobLog, line);
      followed.push(line);
      if (line.output === "two") await daemon.update({ jobId: job.jobId, logs: [log("three")] });
      if (line.output === "three")
        await daemon.complete({
          jobId: job.jobId,
          type: {
            case: "templateImport",
            value: {
              startResources: [
                {
                  name: "dev",
                  type: "null_resource",
                  agents: [{ id: "a", name: "main", operatingSystem: "linux", architecture: "amd64", auth: { case: "token", value: "" } }],
                },
              ],
              richParameters: [
                {
                  name: "size",
                  description: "How **large** it is, see [the list](https://x)",
                  type: "number",
                  mutable: true,
                  defaultValue: "1",
                  validationMin: 1,
                },
              ],
            },
          },
        });
    }
  })();
  await following;
  expect(followed.map(({ output }) => output)).toEqual(["one", "two", "three"]);
  expect(followed.map(({ log_source, stage }) => [log_source, stage])).toEqual(followed.map(() => ["provisioner", "Planning"]));

  const version = await world.client.getTemplateVersion(pushed.id);
  expect(version.job.status).toBe("succeeded");
  const rest = await world.client.listTemplateVersionLogs(pushed.id, { after: followed[0]?.id ?? 0 });
  expect(rest).toEqual(followed.slice(1));
  const text = await world.call("GET", `/api/v2/templateversions/${pushed.id}/logs?format=text`);
  expect(text.text).toMatch(/^\S+Z \[\w+\] Planning: one\n/);
  const resources = await world.client.listTemplateVersionResources(pushed.id);
  expectShape(Type.Array(WorkspaceResource), resources);
  expect(resources).toMatchObject([{ name: "dev", workspace_transition: "start", agents: [{ name: "main" }] }]);
  const parameters = await world.client.listTemplateVersionParameters(pushed.id);
  expectShape(Type.Array(TemplateVersionParameter), parameters);
  expect(parameters).toMatchObject([
    { name: "size", type: "number", description_plaintext: "How large it is, see the list", validation_min: 1 },
  ]);
  expect(await world.client.listTemplateVersionExternalAuth(pushed.id)).toEqual([]);
});

test("refuses to follow without a websocket, and before the upgrade what may not be seen", async () => {
  const version = await pushVersion(world);
  await importNext(daemon);
  expect((await world.call("GET", `/api/v2/templateversions/${version.id}/logs?follow`)).status).toBe(426);
  expect((await world.call("GET", `/api/v2/templateversions/${version.id}/logs?follow&format=text`)).status).toBe(400);
  const unknown = world.client.followTemplateVersionLogs("11111111-1111-4111-8111-111111111111");
  await expect(unknown.next()).rejects.toMatchObject({ name: "ApiError", status: 404 });
});

test("stops following when the reader has had enough", async () => {
  const version = await pushVersion(world);
  const job = await daemon.acquire();
  const log = { level: 2, source: 1, stage: "Planning", output: "one", createdAt: BigInt(Date.now()) };
  await daemon.update({ jobId: job.jobId, logs: [log] });
  for await (const _ of world.client.followTemplateVersionLogs(version.id)) break;
  const controller = new AbortController();
  const aborted = (async () => {
    for await (const _ of world.client.followTemplateVersionLogs(version.id, { signal: controller.signal }))
      controller.abort(new Error("enough"));
  })();
  await expect(aborted).rejects.toThrow("enough");
  await daemon.fail({ jobId: job.jobId, error: "not today", type: { case: "templateImport", value: {} } });
});

test("a failed import says why, and no template comes of it", async () => {
  const version = await pushVersion(world);
  const { jobId } = await daemon.acquire();
  await daemon.fail({ jobId, error: 'main.tf line 3: Unsupported argument "x"', type: { case: "templateImport", value: {} } });
  expect((await world.client.getTemplateVersion(version.id)).job).toMatchObject({
    status: "failed",
    error: 'main.tf line 3: Unsupported argument "x"',
  });
  await expect(world.client.createTemplate("default", { name: "broken", template_version_id: version.id })).rejects.toMatchObject({
    status: 400,
  });
});

test("a waiting import is canceled at once, and only once", async () => {
  const version = await pushVersion(world);
  await world.client.cancelTemplateVersion(version.id);
  expect((await world.client.getTemplateVersion(version.id)).job).toMatchObject({ status: "canceled" });
  await expect(world.client.cancelTemplateVersion(version.id)).rejects.toMatchObject({ status: 400 });
});

for (const { what, request, status } of [
  { what: "neither file nor example", request: { file_id: "00000000-0000-0000-0000-000000000000" }, status: 400 },
  { what: "an unknown example", request: { file_id: null, example_id: "docker" }, status: 400 },
  { what: "a file and an example", request: { example_id: "docker" }, status: 400 },
  { what: "another kind of storage", request: { storage_method: "git" }, status: 400 },
  { what: "another kind of provisioner", request: { provisioner: "pulumi" }, status: 400 },
  { what: "a bad name", request: { name: "a b" }, status: 400 },
  { what: "an unknown file", request: { file_id: "11111111-1111-4111-8111-111111111111" }, status: 404 },
  { what: "an unknown template", request: { template_id: "11111111-1111-4111-8111-111111111111" }, status: 404 },
]) {
  test(`refuses a version with ${what}`, async () => {
    const { hash } = await world.client.uploadFile(await tarOf({ "main.tf": "# empty\n" }));
    const body = { storage_method: "file", provisioner: "terraform", file_id: hash, ...request };
    const answer = await world.call("POST", "/api/v2/organizations/default/templateversions", body);
    expect([answer.status, answer.json.message]).toEqual([status, expect.any(String)]);
  });
}

test("a template has a name of its own, versions, and an active one", async () => {
  const template = await makeTemplate(world, daemon, { name: "house" });
  expectShape(Template, template);
  expect(template).toMatchObject({ name: "house", deprecated: false, active_user_count: -1, created_by_name: "ann" });
  expect(await world.client.getTemplate(template.id)).toEqual(template);
  expect(await world.client.getTemplateByName("default", "House")).toEqual(template);
  expect((await world.client.listTemplates()).map(({ name }) => name)).toContain("house");
  expect(await world.client.listOrganizationTemplates("default")).toEqual(await world.client.listTemplates());
  expect((await world.call("GET", "/api/v2/templates?q=exact_name:house")).json).toHaveLength(1);

  const next = await pushVersion(world, { name: "v2", template_id: template.id });
  await expect(world.client.setActiveTemplateVersion(template.id, { id: next.id })).rejects.toMatchObject({ status: 403 });
  await importNext(daemon);
  const [first, second] = await world.client.listTemplateVersions(template.id);
  expect([first?.id, second?.id]).toEqual([template.active_version_id, next.id]);
  expect((await world.client.getTemplateVersionByName(template.id, "v2")).id).toBe(next.id);
  expect((await world.call("GET", "/api/v2/organizations/default/templates/house/versions/v2")).json.id).toBe(next.id);
  await world.client.setActiveTemplateVersion(template.id, { id: next.id });
  expect((await world.client.getTemplate(template.id)).active_version_id).toBe(next.id);

  const other = await makeTemplate(world, daemon);
  await expect(world.client.setActiveTemplateVersion(template.id, { id: other.active_version_id })).rejects.toMatchObject({ status: 400 });
  await expect(world.client.setActiveTemplateVersion(template.id, { id: template.id })).rejects.toMatchObject({ status: 404 });
  await expect(world.client.createTemplate("default", { name: "again", template_version_id: next.id })).rejects.toMatchObject({
    status: 400,
  });
  await expect(pushVersion(world, { name: "V2", template_id: template.id })).rejects.toMatchObject({ status: 409 });

  await world.client.deleteTemplate(template.id);
  await expect(world.client.getTemplateByName("default", "house")).rejects.toMatchObject({ status: 404 });
});

test("refuses a template with bad settings, and a taken name", async () => {
  await makeTemplate(world, daemon, { name: "taken" });
  const version = await pushVersion(world);
  await importNext(daemon);
  const attempt = (body: object) =>
    world.call("POST", "/api/v2/organizations/default/templates", { name: "fine", template_version_id: version.id, ...body });
  const fields = async (body: object) => (await attempt(body)).json.validations?.map(({ field }: { field: string }) => field);
  expect(await fields({ name: "a b", description: "x".repeat(128), default_ttl_ms: 5 })).toEqual(["name", "description", "default_ttl_ms"]);
  expect(await fields({ autostop_requirement: { days_of_week: ["monday"], weeks: 17 } })).toEqual(["autostop_requirement.weeks"]);
  expect(await fields({ autostart_requirement: { days_of_week: ["someday"] } })).toEqual(["autostart_requirement.days_of_week.0"]);
  const taken = await attempt({ name: "Taken" });
  expect([taken.status, taken.json.validations[0].field]).toEqual([409, "name"]);
  const made = await attempt({
    autostart_requirement: { days_of_week: ["monday", "friday"] },
    autostop_requirement: { days_of_week: ["sunday"], weeks: 2 },
  });
  expect(made.json).toMatchObject({
    autostart_requirement: { days_of_week: ["monday", "friday"] },
    autostop_requirement: { days_of_week: ["sunday"], weeks: 2 },
  });
});

test("shows operators who works, what waits, and why", async () => {
  const version = await pushVersion(world);
  const waiting = await world.client.listProvisionerJobs("default", { status: "pending" });
  expectShape(Type.Array(ProvisionerJob), waiting);
  expect(waiting).toMatchObject([
    { id: version.job.id, queue_position: 1, queue_size: 1, type: "template_version_import", input: { template_version_id: version.id } },
  ]);
  const [daemonNow] = await world.client.listProvisionerDaemons("default");
  expectShape(ProvisionerDaemon, daemonNow);
  expect(daemonNow).toMatchObject({ name: "played", key_name: "built-in", status: "idle", current_job: null });
  expect(waiting[0]?.available_workers).toEqual([daemonNow.id]);
  expect(version.matched_provisioners).toMatchObject({ count: 1, available: 1 });

  const { jobId } = await daemon.acquire();
  expect((await world.client.listProvisionerDaemons("default"))[0]).toMatchObject({
    status: "busy",
    current_job: { id: jobId, status: "running" },
  });
  await daemon.complete({ jobId, type: { case: "templateImport", value: {} } });
  expect(await world.client.getProvisionerJob("default", jobId)).toMatchObject({ status: "succeeded" });
  expect(await world.client.listProvisionerJobs("default", { status: "pending" })).toEqual([]);
  await expect(world.client.getProvisionerJob("default", version.id)).rejects.toMatchObject({ status: 404 });
  expect((await world.call("GET", "/api/v2/organizations/default/provisionerjobs?status=nope")).status).toBe(400);
});

test("a token to author templates names the organization that its user is in, and no scope has to read it", async () => {
  const sessionToken = await mintToken(world, { scopes: ["coder:templates.author"] });
  const author = { ...world, client: new Client(world.url, { sessionToken }) };
  const { id } = await makeTemplate(author, daemon);
  expect((await author.client.getTemplate(id)).id).toBe(id);
  await expect(author.client.getOrganization("default")).rejects.toMatchObject({ status: 404 });

  const stranger = await addPerson(world);
  const elsewhere = await world.client.createOrganization({ name: "elsewhere" });
  for (const reference of [elsewhere.id, elsewhere.name]) {
    const [hidden, missing] = await Promise.all(
      [reference, "nowhere"].map((name) => stranger.call("GET", `/api/v2/organizations/${name}/templates`)),
    );
    expect(hidden).toMatchObject({ status: 404, text: missing?.text });
  }
});
