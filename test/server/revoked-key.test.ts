import { expect, test } from "vitest";
import { playDaemon } from "./played-daemon.ts";
import { makeTemplate } from "./scenario.ts";
import { openServerWorld } from "./server-world.ts";

test("a deleted key lets its daemon end the job that it runs, and then nobody in", async () => {
  await using world = await openServerWorld();
  using own = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  const template = await makeTemplate(world, own);
  const { key } = await world.client.createProvisionerKey("default", { name: "far" });
  using far = playDaemon({ url: world.url, key, name: "far-1" });
  using idle = playDaemon({ url: world.url, key, name: "far-2" });
  const { latest_build: build } = await world.client.createWorkspace("me", { name: "dev", template_id: template.id });
  const { jobId, type } = await far.acquire();
  expect(type.case === "workspaceBuild" && type.value.metadata?.workspaceOwnerSessionToken).toBeTruthy();
  expect(await far.update({ jobId })).toMatchObject({ canceled: false });
  const waiting = idle.acquire();
  // A rejection that comes before it is awaited.
  waiting.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 200));

  const refused = { code: "UNAUTHENTICATED" };
  await world.client.deleteProvisionerKey("default", "far");
  await expect(waiting).rejects.toMatchObject(refused);
  await expect(idle.update({ jobId })).rejects.toMatchObject(refused);
  await expect(far.acquire()).rejects.toMatchObject(refused);
  expect(await far.update({ jobId, workspaceBuildState: Buffer.from('{"serial":1}') })).toMatchObject({ canceled: true });
  await far.fail({ jobId, type: { case: "workspaceBuild", value: { state: Buffer.from('{"serial":2}') } } });
  expect((await world.client.getWorkspaceBuild(build.id)).job.status).toBe("canceled");
  expect((await world.call("GET", `/api/v2/workspacebuilds/${build.id}/state`)).json).toEqual({ serial: 2 });
  await expect(far.fail({ jobId })).rejects.toMatchObject(refused);

  const { latest_build: next } = await world.client.createWorkspace("me", { name: "next", template_id: template.id });
  await expect(far.acquire()).rejects.toMatchObject(refused);
  await expect(idle.acquire()).rejects.toMatchObject(refused);
  expect((await world.client.getWorkspaceBuild(next.id)).job.status).toBe("pending");
  expect((await own.acquire()).jobId).toBe(next.job.id);
  expect((await world.call("GET", "/api/v2/organizations/default/provisionerkeys")).json).toEqual([]);
});
