import { ChannelCredentials, Metadata } from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { DAEMON_API_VERSION, DAEMON_KEY, DAEMON_NAME, DAEMON_PROVISIONERS } from "#proto/call-metadata.ts";
import { ProvisionerDaemon } from "#proto/gen/provisionerd_pb.js";
import { createClient } from "#proto/grpc.ts";
import { processesOf } from "#test/provisioner/processes.ts";
import { agentAccess } from "./harness/agent-calls.ts";
import {
  type Api,
  agentTokens,
  buildEnd,
  createTemplate,
  createWorkspace,
  eventually,
  expectStatus,
  runBuild,
  signUp,
  tarOf,
} from "./harness/api.ts";
import { startDaemonProcess } from "./harness/daemon-process.ts";
import { type ServerProcess, startServerProcess } from "./harness/server-process.ts";
import { templateOf, templateWithAgents } from "./harness/templates.ts";

let server: ServerProcess;
let api: Api;

beforeAll(async () => {
  server = await startServerProcess({ args: ["--provisioner-daemons", "0", "--provisioner-job-lease", "8s"] });
  api = await signUp(server.url);
});

afterAll(() => server?.[Symbol.asyncDispose]());

async function provisionerKey(name: string): Promise<string> {
  const created = await expectStatus(201, api.call("POST", `/organizations/${api.organizationId}/provisionerkeys`, { name, tags: {} }));
  return created.key;
}

async function acquireAs(metadata: Record<string, string>): Promise<void> {
  const client = createClient(ProvisionerDaemon, new URL(server.url).host, ChannelCredentials.createInsecure());
  const entries = new Metadata();
  for (const [name, value] of Object.entries({ [DAEMON_NAME]: "stranger", [DAEMON_PROVISIONERS]: "terraform", ...metadata })) {
    entries.set(name, value);
  }
  const cancelAtOnce = (async function* () {
    yield {};
  })();
  try {
    for await (const _ of client.acquireJobWithCancel(cancelAtOnce, { metadata: entries, timeoutMs: 10_000 }));
  } finally {
    client.close();
  }
}

for (const provider of ["in-process", "plugin"]) {
  test(`a remote daemon with the ${provider} provider runs a workspace's whole life`, { timeout: 90_000 }, async () => {
    await using daemon = startDaemonProcess(server.url, await provisionerKey(provider), ["--name", provider, "--provider", provider]);
    const template = await createTemplate(api, provider, templateWithAgents({ free: "", restricted: 'api_key_scope = "no_user_data"' }));
    const workspace = await createWorkspace(api, provider, template.id);
    const first = await agentTokens(api, workspace.latest_build.id);
    expect(await agentAccess(api, first.free)).toMatchObject({ gitsshkey: 200, manifest: "OK" });
    expect(await agentAccess(api, first.restricted)).toMatchObject({ gitsshkey: 403, manifest: "OK" });

    const second = await agentTokens(api, (await runBuild(api, workspace.id, "start")).id);
    expect(second.free).not.toBe(first.free);
    expect(await agentAccess(api, first.free)).toMatchObject({ gitsshkey: 401, manifest: "UNAUTHENTICATED" });
    expect(await agentAccess(api, second.free)).toMatchObject({ gitsshkey: 200, manifest: "OK" });

    const daemons: { name: string; version: string }[] = await expectStatus(
      200,
      api.call("GET", `/organizations/${api.organizationId}/provisionerdaemons`),
    );
    expect(daemons.find(({ name }) => name === provider)?.version).toMatch(/^v\d+\.\d+\.\d+$/);
    await runBuild(api, workspace.id, "stop");
    await runBuild(api, workspace.id, "delete");
    expect(await daemon.stop("SIGTERM")).toBe(0);
    expect(daemon.output()).not.toMatch(/pv[a-z]_[0-9A-Za-z]{20}/);
  });
}

test("a daemon with a wrong key is refused with a reason, logs it once and keeps trying", async () => {
  await expect(acquireAs({ [DAEMON_KEY]: formatSecret("provisioner"), [DAEMON_API_VERSION]: "1.19" })).rejects.toMatchObject({
    code: "UNAUTHENTICATED",
    message: expect.stringMatching(/key/i),
  });
  await using daemon = startDaemonProcess(server.url, formatSecret("provisioner"), ["--name", "wrong-key"]);
  const refusals = () =>
    daemon
      .output()
      .split("\n")
      .filter((line) => /refused|UNAUTHENTICATED/i.test(line)).length;
  await eventually(async () => (refusals() > 0 ? true : undefined));
  // Several more attempts pass in a second and a half; none of them may speak again.
  const waited = Date.now() + 1_500;
  await eventually(async () => (Date.now() > waited ? true : undefined));
  expect(refusals()).toBe(1);
  expect(await daemon.stop("SIGTERM")).toBe(0);
});

test("a daemon of another API version is refused with a reason", async () => {
  const key = await provisionerKey("versions");
  for (const version of ["1.20", "2.0", "nonsense"]) {
    await expect(acquireAs({ [DAEMON_KEY]: key, [DAEMON_API_VERSION]: version })).rejects.toMatchObject({
      code: "FAILED_PRECONDITION",
      message: expect.stringContaining(version),
    });
  }
});

test("a job that waits says how many are before it, and that nobody is there to take it", async () => {
  await using alone = await startServerProcess({ args: ["--provisioner-daemons", "0"] });
  const owner = await signUp(alone.url);
  const upload = await owner.call("POST", "/files", await tarOf(templateWithAgents({ main: "" })), { "Content-Type": "application/x-tar" });
  const body = { storage_method: "file", provisioner: "terraform", file_id: upload.body.hash };
  const create = () => expectStatus(201, owner.call("POST", `/organizations/${owner.organizationId}/templateversions`, body));
  const [first, second] = [await create(), await create()];
  const seen = await expectStatus(200, owner.call("GET", `/templateversions/${second.id}`));
  expect(seen.job).toMatchObject({ status: "pending", queue_position: 2, queue_size: 2 });
  expect(seen.matched_provisioners).toMatchObject({ count: 0, available: 0 });
  for (const version of [first, second]) {
    await expectStatus(200, owner.call("PATCH", `/templateversions/${version.id}/cancel`));
    expect((await expectStatus(200, owner.call("GET", `/templateversions/${version.id}`))).job.status).toBe("canceled");
  }
});

/** A template that a daemon of this key has imported, and then left. */
async function importedBy(key: string, files: Record<string, string>) {
  await using _daemon = startDaemonProcess(server.url, key, ["--name", "importer"]);
  return await createTemplate(api, "slow", files);
}

test("what Terraform had written is kept when its daemon is killed, which ends it, and the job fails and says why", {
  timeout: 120_000,
}, async () => {
  const forever = `120.${Date.now()}`;
  const key = await provisionerKey("killed");
  const template = await importedBy(
    key,
    templateOf(`resource "terraform_data" "quick" {
  input = "written before the end"
}
resource "terraform_data" "slow" {
  depends_on = [terraform_data.quick]
  provisioner "local-exec" {
    command = "exec sleep ${forever}"
  }
}
`),
  );
  await using daemon = startDaemonProcess(server.url, key, ["--name", "killed"]);
  const workspace = await expectStatus(201, api.call("POST", "/users/me/workspaces", { name: "slow", template_id: template.id }));
  const build = workspace.latest_build.id;
  const state = () => api.call("GET", `/workspacebuilds/${build}/state`);
  await eventually(async () => (JSON.stringify((await state()).body).includes("written before the end") ? true : undefined));
  await expect.poll(() => processesOf(`sleep\0${forever}`)).not.toEqual([]);
  await daemon.stop("SIGKILL");
  await expect.poll(() => processesOf(`sleep\0${forever}`), { timeout: 40_000 }).toEqual([]);
  const ended = await eventually(async () => {
    const seen = await expectStatus(200, api.call("GET", `/workspacebuilds/${build}`));
    return seen.job.status === "failed" ? seen : undefined;
  }, 75_000);
  expect(ended.job.error).toMatch(/lease|daemon/i);
  expect(JSON.stringify((await state()).body)).toContain("written before the end");
});

test("a server that is killed and started again finds the daemon still at its job", { timeout: 120_000 }, async () => {
  await using first = await startServerProcess({ args: ["--provisioner-daemons", "0"] });
  const owner = await signUp(first.url);
  const created = await expectStatus(
    201,
    owner.call("POST", `/organizations/${owner.organizationId}/provisionerkeys`, { name: "steady", tags: {} }),
  );
  await using _daemon = startDaemonProcess(first.url, created.key, ["--name", "steady"]);
  const template = await createTemplate(
    owner,
    "pause",
    templateOf('resource "terraform_data" "pause" {\n  provisioner "local-exec" {\n    command = "sleep 4"\n  }\n}\n'),
  );
  const workspace = await expectStatus(201, owner.call("POST", "/users/me/workspaces", { name: "pause", template_id: template.id }));
  await eventually(async () => {
    const seen = await expectStatus(200, owner.call("GET", `/workspacebuilds/${workspace.latest_build.id}`));
    return seen.job.status === "running" ? true : undefined;
  });
  await first.stop("SIGKILL");
  await using second = await startServerProcess({
    dataDirectory: first.dataDirectory,
    args: ["--provisioner-daemons", "0", "--http-address", new URL(first.url).host],
  });
  expect(second.url).toBe(first.url);
  expect((await buildEnd(owner, workspace.latest_build.id)).job.status).toBe("succeeded");
});
