import { expect, test } from "vitest";
import { addPerson } from "#test/server/people.ts";
import { playDaemon } from "#test/server/played-daemon.ts";
import { makeTemplate } from "#test/server/scenario.ts";
import { call, openServerWorld } from "#test/server/server-world.ts";

test("a stop ends the key that the start's template got, and what it minted: neither starts the workspace again", async () => {
  await using world = await openServerWorld();
  using daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  const template = await makeTemplate(world, daemon, { name: "main" });
  const owner = await addPerson(world, { username: "milo" });
  const { json: workspace } = await owner.call("POST", "/api/v2/users/me/workspaces", { name: "w", template_id: template.id });
  const builds = `/api/v2/workspaces/${workspace.id}/builds`;
  const run = async (): Promise<string> => {
    const job = await daemon.acquire();
    if (job.type.case !== "workspaceBuild") throw new Error(`expected a build, got ${job.type.case}`);
    await daemon.complete({ jobId: job.jobId, type: { case: "workspaceBuild", value: { state: Buffer.from("{}") } } });
    return job.type.value.metadata?.workspaceOwnerSessionToken ?? "";
  };
  const key = await run();
  const as = (token: string, method: string, path: string, body?: unknown) =>
    call(world.url, method, path, body, { "Coder-Session-Token": token });
  expect((await as(key, "GET", "/api/v2/users/me")).status).toBe(200);
  const child = await as(key, "POST", "/api/v2/users/me/keys/tokens", { lifetime: 60e9 });
  expect(child.status).toBe(201);
  expect((await owner.call("POST", builds, { transition: "stop" })).status).toBe(201);
  await run();
  for (const token of [key, child.json.key]) {
    expect((await as(token, "GET", "/api/v2/users/me")).status).toBe(401);
    expect((await as(token, "POST", builds, { transition: "start" })).status).toBe(401);
  }
});
