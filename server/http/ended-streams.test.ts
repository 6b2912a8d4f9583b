/** A stream that was opened with a right ends with it: with the key, with what the key may, and with the user. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "#sdk/client.ts";
import { addPerson, mintToken, type Person } from "#test/server/people.ts";
import { type PlayedDaemon, playDaemon } from "#test/server/played-daemon.ts";
import { makeTemplate, pushVersion, startWorkspace } from "#test/server/scenario.ts";
import { openServerWorld, type ServerWorld } from "#test/server/server-world.ts";

let world: ServerWorld;
let daemon: PlayedDaemon;
let agentId: string;
let agent: Client;
let clockMs = Date.now();
beforeAll(async () => {
  world = await openServerWorld({ now: () => new Date(clockMs) });
  daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  const { workspace, agents } = await startWorkspace(world, daemon, await makeTemplate(world, daemon), ["all"]);
  agentId = workspace.latest_build.resources[0]?.agents?.[0]?.id ?? "";
  agent = new Client(world.url, { sessionToken: agents[0]?.token ?? "" });
});
afterAll(async () => {
  daemon[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
});

function wait(ms: number): void {
  clockMs += ms;
}

const source = randomUUID();
async function write(output: string): Promise<void> {
  await agent.createAgentLogSource({ id: source, display_name: "test", icon: "" });
  await agent.appendAgentLogs({ log_source_id: source, logs: [{ output }] });
}

/** Follows the agent's log with a key. The right ends by `end` once the first line has come; then another line is written. */
async function followUntil(key: string, end: () => Promise<unknown>): Promise<{ sawLast: boolean; failure: unknown }> {
  const [first, last] = [randomUUID(), randomUUID()];
  await write(first);
  const outputs: string[] = [];
  try {
    for await (const batch of new Client(world.url, { sessionToken: key }).followWorkspaceAgentLogs(agentId))
      for (const { output } of batch) {
        if (output === first) {
          await end();
          await write(last);
        }
        outputs.push(output);
      }
    return { sawLast: outputs.includes(last), failure: undefined };
  } catch (failure) {
    return { sawLast: outputs.includes(last), failure };
  }
}

const owner = { call: (method: string, path: string, body?: unknown) => world.call(method, path, body) };
const keyPath = (key: string) => `/api/v2/users/me/keys/${key.slice(0, 10)}`;
const SEES = { scopes: ["workspace:read"], lifetime: 3_600_000_000_000 };

async function admin(): Promise<Person> {
  return addPerson(world, { memberRoles: ["organization-admin"] });
}

for (const { when, open } of [
  {
    when: "its key is deleted",
    open: async () => {
      const key = await mintToken(owner, SEES);
      return { key, end: () => world.call("DELETE", keyPath(key)) };
    },
  },
  {
    when: "its key is narrowed to another object",
    open: async () => {
      const key = await mintToken(owner, SEES);
      const { json } = await world.call("GET", keyPath(key));
      const narrower = { allow_list: [`workspace:${randomUUID()}`] };
      return { key, end: () => world.call("PATCH", `/api/v2/users/me/keys/tokens/${json.token_name}`, narrower) };
    },
  },
  {
    when: "its user is suspended",
    open: async () => {
      const person = await admin();
      return { key: await mintToken(person, SEES), end: () => world.call("PUT", `/api/v2/users/${person.id}/status/suspend`) };
    },
  },
  {
    when: "its user loses the role",
    open: async () => {
      const person = await admin();
      const path = `/api/v2/organizations/default/members/${person.username}/roles`;
      return { key: person.sessionToken, end: () => world.call("PUT", path, { roles: [] }) };
    },
  },
  {
    when: "its key expires",
    open: async () => {
      const key = await mintToken(owner, SEES);
      return { key, end: async () => wait(2 * 3_600_000) };
    },
  },
])
  test(`an agent's log is followed no further when ${when}`, async () => {
    const { key, end } = await open();
    const { sawLast, failure } = await followUntil(key, end);
    expect(sawLast).toBe(false);
    expect(String(failure)).toContain("1008");
  });

test("an open stream does not keep its session alive", async () => {
  const person = await admin();
  const endOf = async () =>
    (await world.call("GET", `/api/v2/users/${person.id}/keys/${person.sessionToken.slice(0, 10)}`)).json.expires_at;
  const before = await endOf();
  const [first, last] = [randomUUID(), randomUUID()];
  await write(first);
  reading: for await (const batch of new Client(world.url, { sessionToken: person.sessionToken }).followWorkspaceAgentLogs(agentId))
    for (const { output } of batch) {
      if (output === last) break reading;
      if (output !== first) continue;
      wait(2 * 3_600_000);
      await write(last);
    }
  expect(await endOf()).toBe(before);
});

test("a job's log is followed no further when the key is deleted", async () => {
  const version = await pushVersion(world);
  const job = await daemon.acquire();
  const log = (output: string) =>
    daemon.update({ jobId: job.jobId, logs: [{ source: 1, level: 2, createdAt: 1n, stage: "Planning", output }] });
  await log("before");
  const key = await mintToken(owner, { scopes: ["template:read"] });
  const outputs: string[] = [];
  const following = (async () => {
    for await (const { output } of new Client(world.url, { sessionToken: key }).followTemplateVersionLogs(version.id)) {
      outputs.push(output);
      await world.call("DELETE", keyPath(key));
      await log("after the end");
    }
  })();
  await expect(following).rejects.toThrow("1008");
  expect(outputs).toEqual(["before"]);
  await daemon.complete({ jobId: job.jobId, type: { case: "templateImport", value: {} } });
});
