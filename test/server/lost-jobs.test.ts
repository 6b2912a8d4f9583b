import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { playDaemon } from "./played-daemon.ts";
import { makeTemplate, pushVersion } from "./scenario.ts";
import { openServerWorld } from "./server-world.ts";

test("after a restart, a server's own jobs are over as soon as it says so, and their workspaces are free", async () => {
  await using directory = await mkdtempDisposable(join(tmpdir(), "proviso-lost-jobs-"));
  const open = () => openServerWorld({ dataDirectory: directory.path });
  let build = "";
  let workspace = "";
  let waiting = "";
  {
    await using former = await open();
    using daemon = playDaemon({ url: former.url, key: former.server.builtInDaemonKey, name: "host-0" });
    const template = await makeTemplate(former, daemon);
    const made = await former.client.createWorkspace("me", { name: "dev", template_id: template.id });
    ({ id: workspace } = made);
    ({ id: build } = made.latest_build);
    const { jobId } = await daemon.acquire();
    await daemon.update({ jobId, workspaceBuildState: Buffer.from('{"so":"far"}') });
    waiting = (await pushVersion(former)).id;
    // It was given to a daemon that did not live to receive it.
    using unlucky = playDaemon({ url: former.url, key: former.server.builtInDaemonKey, name: "host-1" });
    await unlucky.acquire();
  }
  await using world = await open();
  const job = async () => (await world.client.getWorkspaceBuild(build)).job;
  expect((await job()).status).toBe("running");
  const ended = await world.server.endLostJobs(["host-0", "host-1"]);
  expect(ended).toHaveLength(2);
  expect(await job()).toMatchObject({
    status: "failed",
    error: expect.stringMatching(/^The provisioner daemon host-0 was stopped together/),
  });
  expect((await world.call("GET", `/api/v2/workspacebuilds/${build}/state`)).json).toEqual({ so: "far" });
  expect((await world.client.getTemplateVersion(waiting)).job.status).toBe("pending");
  expect((await world.client.createWorkspaceBuild(workspace, { transition: "stop" })).build_number).toBe(2);
  using daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey, name: "host-1" });
  expect((await daemon.acquire()).type.case).toBe("templateImport");
});
