/** Who reads a state, and what of the owner's credentials it holds, whichever way it came in. */
import { createHash, randomUUID } from "node:crypto";
import { ChannelCredentials, Metadata } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAEMON_API_VERSION, DAEMON_KEY, DAEMON_NAME, DAEMON_PROVISIONERS, PROVISIONER_API_LEVEL } from "#proto/call-metadata.ts";
import { ProvisionerDaemon } from "#proto/gen/provisionerd_pb.js";
import { createClient } from "#proto/grpc.ts";
import { addPerson, mintToken } from "#test/server/people.ts";
import { type PlayedDaemon, playDaemon } from "#test/server/played-daemon.ts";
import { buildNext, makeTemplate, startWorkspace } from "#test/server/scenario.ts";
import { call, openServerWorld, type ServerWorld } from "#test/server/server-world.ts";
import { PIECE_BYTES } from "#tfstate/limits.ts";
import { scrubState } from "#tfstate/scrub-state.ts";

const SECRET = "a secret that no state keeps";
const stateText = ({ serial = 1, lineage = "l", paddingBytes = 0 } = {}) =>
  JSON.stringify({
    version: 4,
    terraform_version: "1.11.4",
    serial,
    lineage,
    outputs: { copied: { value: "what a template copied", type: "string", sensitive: true } },
    resources: [
      { mode: "managed", type: "terraform_data", name: "padding", instances: [{ attributes: { input: "x".repeat(paddingBytes) } }] },
      {
        mode: "data",
        type: "coder_workspace_owner",
        name: "me",
        instances: [{ attributes: { session_token: SECRET, ssh_private_key: SECRET } }],
      },
      { mode: "managed", type: "coder_agent", name: "main", instances: [{ attributes: { id: "a", token: SECRET } }] },
    ],
  });

let world: ServerWorld;
let daemon: PlayedDaemon;
let template: { id: string };
beforeAll(async () => {
  world = await openServerWorld();
  daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  template = await makeTemplate(world, daemon);
});
afterAll(async () => {
  daemon[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
});

const as = (key: string) => (method: string, path: string, body?: unknown) =>
  call(world.url, method, path, body, { "Coder-Session-Token": key });

async function startedBuild() {
  const { id, latest_build } = await world.client.createWorkspace("me", {
    name: `w-${randomUUID().slice(0, 8)}`,
    template_id: template.id,
  });
  const job = await daemon.acquire();
  const url = `/api/v2/workspacebuilds/${latest_build.id}/state`;
  return { workspace: id, jobId: job.jobId, url, get: async (query = "") => (await world.call("GET", url + query)).text };
}

/** Uploads as a daemon of any program does, which announces what it sends. */
async function upload(jobId: string, state: Uint8Array): Promise<string> {
  const client = createClient(ProvisionerDaemon, new URL(world.url).host, ChannelCredentials.createInsecure());
  const metadata = new Metadata();
  metadata.set(DAEMON_KEY, world.server.builtInDaemonKey);
  metadata.set(DAEMON_API_VERSION, PROVISIONER_API_LEVEL);
  metadata.set(DAEMON_NAME, "played");
  metadata.set(DAEMON_PROVISIONERS, "terraform");
  const pieces = async function* () {
    const sha256 = createHash("sha256").update(state).digest();
    yield { type: { case: "announcement" as const, value: { jobId, size: BigInt(state.length), sha256 } } };
    for (let at = 0; at < state.length; at += PIECE_BYTES)
      yield { type: { case: "data" as const, value: state.subarray(at, at + PIECE_BYTES) } };
  };
  try {
    return (await client.uploadState(pieces(), { metadata, timeoutMs: 20_000 })).stateId;
  } finally {
    client.close();
  }
}

describe("a state holds no credential that each plan fills in anew, and no output, if it came", () => {
  const expectScrubbed = async (got: string, sent: string) => {
    expect(got).not.toContain(SECRET);
    expect(got).toBe(Buffer.from(await scrubState(Buffer.from(sent))).toString("utf8"));
  };
  const large = stateText({ paddingBytes: 2.5 * PIECE_BYTES });

  test("with a report, with the end of a job, or with its failure", async () => {
    const first = await startedBuild();
    await daemon.update({ jobId: first.jobId, workspaceBuildState: Buffer.from(stateText()) });
    await expectScrubbed(await first.get(), stateText());
    const next = stateText({ serial: 2, paddingBytes: 2 * PIECE_BYTES });
    await daemon.complete({ jobId: first.jobId, type: { case: "workspaceBuild", value: { state: Buffer.from(next), resources: [] } } });
    await expectScrubbed(await first.get(), next);
    const second = await startedBuild();
    await daemon.fail({ jobId: second.jobId, type: { case: "workspaceBuild", value: { state: Buffer.from(stateText()) } } });
    await expectScrubbed(await second.get(), stateText());
  });

  test("in pieces, and the next build's daemon does not get them either", async () => {
    const { jobId, get, workspace } = await startedBuild();
    const stateId = await upload(jobId, Buffer.from(large));
    await daemon.complete({ jobId, type: { case: "workspaceBuild", value: { stateId, resources: [] } } });
    await expectScrubbed(await get(), large);
    await world.call("POST", `/api/v2/workspaces/${workspace}/builds`, { transition: "stop" });
    const job = await daemon.acquire();
    const given = job.type.case === "workspaceBuild" ? Buffer.from(job.type.value.state).toString("utf8") : "";
    await expectScrubbed(given, large);
    await daemon.complete({ jobId: job.jobId, type: { case: "workspaceBuild", value: { state: Buffer.from("{}"), resources: [] } } });
  });

  test("too late, and is kept beside the build's own", async () => {
    const { jobId, get } = await startedBuild();
    await daemon.fail({ jobId, type: { case: "workspaceBuild", value: { state: Buffer.from(stateText({ serial: 4, lineage: "a" })) } } });
    await daemon.fail({ jobId, type: { case: "workspaceBuild", value: { state: Buffer.from(stateText({ serial: 4, lineage: "b" })) } } });
    await expectScrubbed(await get("?late=true"), stateText({ serial: 4, lineage: "b" }));
    await expectScrubbed(await get(), stateText({ serial: 4, lineage: "a" }));
  });

  test("from a person, and the same file pushed again changes nothing", async () => {
    const { workspace } = await startWorkspace(world, daemon, template);
    const url = `/api/v2/workspacebuilds/${workspace.latest_build.id}/state`;
    const lineage = randomUUID();
    for (const _ of [1, 2]) {
      const body = { state: Buffer.from(stateText({ serial: 2, lineage })).toString("base64") };
      expect((await world.call("PUT", url, body)).status).toBe(204);
      await expectScrubbed((await world.call("GET", url)).text, stateText({ serial: 2, lineage }));
    }
  });

  test("with the request for a build", async () => {
    const { workspace } = await startWorkspace(world, daemon, template);
    const state = Buffer.from(stateText({ serial: 9 })).toString("base64");
    const { json } = await world.call("POST", `/api/v2/workspaces/${workspace.id}/builds`, { transition: "start", state });
    await expectScrubbed((await world.call("GET", `/api/v2/workspacebuilds/${json.id}/state`)).text, stateText({ serial: 9 }));
    await buildNext(daemon);
  });
});

describe("reading a state", () => {
  test("takes `update` on the template and `read_personal` on the workspace's owner, and the refusal says which is missing", async () => {
    const ada = await addPerson(world, { roles: ["template-admin"] });
    const { status, json } = await ada.call("POST", "/api/v2/users/me/workspaces", { name: "ada-1", template_id: template.id });
    expect(status).toBe(201);
    await buildNext(daemon);
    const url = `/api/v2/workspacebuilds/${json.latest_build.id}/state`;
    const other = await addPerson(world, { roles: ["template-admin"] });
    const organizationAdmin = await addPerson(world, { memberRoles: ["organization-admin"] });
    const narrow = as(await mintToken(ada, { scopes: ["coder:templates.author", "workspace:read"] }));
    const personal = as(await mintToken(ada, { scopes: ["template:update", "template:read", "workspace:read", "user:read_personal"] }));
    const unrelated = as(await mintToken(ada, { scopes: ["workspace:read", "template:read", "user:read_personal"] }));
    for (const query of ["", "?late=true"]) {
      for (const reads of [ada.call, personal, as(world.sessionToken)]) expect((await reads("GET", url + query)).status).toBe(200);
      for (const refused of [other.call, organizationAdmin.call, narrow]) {
        const answer = await refused("GET", url + query);
        expect([answer.status, answer.json.detail]).toEqual([403, expect.stringContaining("`user:read_personal`")]);
      }
      const answer = await unrelated("GET", url + query);
      expect([answer.status, answer.json.detail]).toEqual([403, expect.stringContaining("`template:update`")]);
    }
  });

  test("of one's own workspace does not go without `update` on the template, whatever the credential", async () => {
    const milo = await addPerson(world);
    const { json } = await milo.call("POST", "/api/v2/users/me/workspaces", { name: "milo-1", template_id: template.id });
    await buildNext(daemon);
    const answer = await milo.call("GET", `/api/v2/workspacebuilds/${json.latest_build.id}/state`);
    expect([answer.status, answer.json.detail]).toEqual([403, expect.stringContaining("`template:update`")]);
  });
});
