/** Every text and every list that comes from outside has a limit, and the limit is one. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, type DescService } from "@bufbuild/protobuf";
import { ChannelCredentials, Metadata } from "@grpc/grpc-js";
import Sqlite from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  AGENT_API_LEVEL,
  AGENT_API_VERSION,
  AGENT_TOKEN,
  DAEMON_API_VERSION,
  DAEMON_KEY,
  DAEMON_NAME,
  PROVISIONER_API_LEVEL,
} from "#proto/call-metadata.ts";
import { Agent } from "#proto/gen/agent_pb.js";
import { CompletedJobSchema, ProvisionerDaemon } from "#proto/gen/provisionerd_pb.js";
import { createClient } from "#proto/grpc.ts";
import { describedRoutes } from "#server/features.ts";
import { fullName, NAMED_FIELDS } from "#server/grpc/field-limits.ts";
import { checkLimits } from "#server/grpc/message-limits.ts";
import { oversizedMessages } from "./oversized-messages.ts";
import { addressOf, placesOf } from "./oversized-requests.ts";
import { type PlayedDaemon, playDaemon } from "./played-daemon.ts";
import { makeTemplate, startWorkspace } from "./scenario.ts";
import { call, openServerWorld, type ServerWorld } from "./server-world.ts";

let directory: string;
let world: ServerWorld;
let daemon: PlayedDaemon;
let agentToken: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "proviso-limits-"));
  world = await openServerWorld({ dataDirectory: directory });
  daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  const { agents } = await startWorkspace(world, daemon, await makeTemplate(world, daemon));
  agentToken = agents[0]?.token ?? "";
});
afterAll(async () => {
  daemon[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

/** The number of rows of each table, but for what is counted of every request. */
function rows(): Record<string, unknown> {
  const database = new Sqlite(join(directory, "proviso.db"), { readonly: true });
  try {
    const tables = database
      .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite%' and name not like 'api_key_usage%'")
      .pluck()
      .all();
    return Object.fromEntries(tables.map((name) => [String(name), database.prepare(`select count(*) from "${name}"`).pluck().get()]));
  } finally {
    database.close();
  }
}

const places = (await describedRoutes()).flatMap(placesOf);
const titleOf = ({ route, part, field }: (typeof places)[number]): string => `${route.method} ${route.path} ${part} ${field}`;

test("no text and no list of a request is without a limit", () => {
  expect(places.length).toBeGreaterThan(150);
  expect(places.filter(({ limit }) => limit === undefined).map(titleOf)).toEqual([]);
});

test("a request beyond any limit is refused with the name of its field, and nothing is stored", async () => {
  const before = rows();
  const wrong: string[] = [];
  for (const place of places) {
    const { route, part, field } = place;
    const token = route.audience === "agents" ? agentToken : world.sessionToken;
    const headers = { "Coder-Session-Token": token, "Content-Type": "application/json" };
    const { status, json, text } = await call(
      world.url,
      route.method,
      addressOf(place),
      part === "body" ? place.oversized : undefined,
      headers,
    );
    const fields: string[] = (json?.validations ?? []).map((one: { field: string }) => one.field);
    const isNamed = fields.some((one) => one === field || one.startsWith(`${field}.`) || one.startsWith(`${field}[`));
    if (status !== 400 || !isNamed) wrong.push(`${titleOf(place)}: ${status} ${text.slice(0, 200)}`);
  }
  expect(wrong).toEqual([]);
  expect(rows()).toEqual(before);
}, 60_000);

test("no text of a request may contain a NUL, but for what programs have printed", async () => {
  const before = rows();
  for (const [method, path, body] of [
    ["POST", "/api/v2/workspaceagents/me/log-source", { id: "5ca1ab1e-0000-4000-8000-000000000000", display_name: "a\0b" }],
    ["PUT", "/api/v2/users/me/profile", { username: "ann", name: "a\0b" }],
    ["POST", "/api/v2/users/me/keys/tokens", { description: "a\0b" }],
    ["POST", "/api/v2/organizations/default/provisionerkeys", { name: "k", tags: { "a\0": "b" } }],
    ["GET", "/api/v2/users/%00", undefined],
    ["GET", "/api/v2/workspaces?q=%00", undefined],
  ] as const) {
    const token = path.includes("workspaceagents") ? agentToken : world.sessionToken;
    const { status, json } = await call(world.url, method, path, body, { "Coder-Session-Token": token });
    expect([path, status, JSON.stringify(json)]).toEqual([path, 400, expect.stringContaining("NUL")]);
  }
  expect(rows()).toEqual(before);
  const logs = { logs: [{ output: "a\0b" }] };
  const { status } = await call(world.url, "PATCH", "/api/v2/workspaceagents/me/logs", logs, { "Coder-Session-Token": agentToken });
  expect(status).toBe(200);
});

describe("a message", () => {
  const services: readonly DescService[] = [Agent, ProvisionerDaemon];
  const methods = services.flatMap((service) => service.methods);

  test("of any method is refused beyond any limit, with the name of the field", () => {
    const oversized = methods.flatMap(({ input }) => oversizedMessages(input).map((one) => ({ input, ...one })));
    expect(oversized.length).toBeGreaterThan(300);
    for (const { input, field, message } of oversized)
      expect(() => checkLimits(input, message), `${input.typeName}.${field}`).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(`${field} `) }),
      );
  });

  test("has each field for which the table names a limit", () => {
    const known = new Set<string>();
    const collect = (schema: (typeof methods)[number]["input"], above: readonly string[]): void => {
      if (above.includes(schema.typeName)) return;
      for (const field of schema.fields) {
        known.add(fullName(field));
        if (field.message !== undefined) collect(field.message, [...above, schema.typeName]);
      }
    };
    for (const { input } of methods) collect(input, []);
    expect(NAMED_FIELDS.filter((name) => !known.has(name))).toEqual([]);
  });

  /** More than fits into one message: the transport refuses it. */
  const isTooLargeToSend = (value: unknown): boolean =>
    typeof value === "object" &&
    value !== null &&
    (value instanceof Uint8Array ? value.length > 32 << 20 : Object.values(value).some(isTooLargeToSend));

  for (const { service, metadataOf } of [
    { service: Agent, metadataOf: () => ({ [AGENT_TOKEN]: agentToken, [AGENT_API_VERSION]: AGENT_API_LEVEL }) },
    {
      service: ProvisionerDaemon,
      metadataOf: () => ({
        [DAEMON_KEY]: world.server.builtInDaemonKey,
        [DAEMON_API_VERSION]: PROVISIONER_API_LEVEL,
        [DAEMON_NAME]: "sender",
      }),
    },
  ])
    test(`to ${service.typeName} is refused when it is sent, and nothing is stored`, { timeout: 60_000 }, async () => {
      const metadata = new Metadata();
      for (const [key, value] of Object.entries(metadataOf())) metadata.set(key, value);
      const client: Record<string, unknown> = createClient(service as never, new URL(world.url).host, ChannelCredentials.createInsecure());
      // So that the daemon itself is known.
      await Promise.resolve(send(client, "commitQuota", "unary", {}, metadata)).catch(() => {});
      const before = rows();
      const wrong: string[] = [];
      for (const { localName, methodKind, input } of service.methods)
        for (const { field, message } of oversizedMessages(input)) {
          // What becomes of an oversized result is tested below.
          if (localName === "completeJob" || isTooLargeToSend(message)) continue;
          const refusal: { code?: string; message?: string } = await send(client, localName, methodKind, message, metadata).catch(
            (error) => error,
          );
          const isRefused = refusal?.code === "INVALID_ARGUMENT" && refusal.message?.includes(field) === true;
          if (!isRefused && refusal?.code !== "UNIMPLEMENTED") wrong.push(`${localName} ${field}: ${refusal?.code} ${refusal?.message}`);
        }
      expect(wrong).toEqual([]);
      expect(rows()).toEqual(before);
      (client.close as () => void)();
    });

  test("of a result ends the job, with the name of the field, and the state is kept", async () => {
    const template = await makeTemplate(world, daemon);
    const { id } = await world.client.createWorkspace("me", { name: "too-much", template_id: template.id });
    const { jobId } = await daemon.acquire();
    const resources = [{ name: "x".repeat(100_000), type: "null_resource" }];
    const completed = daemon.complete({
      jobId,
      type: { case: "workspaceBuild", value: { state: Buffer.from('{"version":4}'), resources } },
    });
    await expect(completed).rejects.toMatchObject({ code: "FAILED_PRECONDITION", message: expect.stringContaining("resources.name") });
    const { latest_build: build } = await world.client.getWorkspace(id);
    expect(build.job).toMatchObject({ status: "failed", error: expect.stringContaining("resources.name has 100000 characters") });
    expect(build.resources).toEqual([]);
    const state = await world.call("GET", `/api/v2/workspacebuilds/${build.id}/state`);
    expect(state.text).toContain('"version":4');
  });

  test("of a result that is within its limits, but has too much text altogether, ends the job too", async () => {
    const template = await makeTemplate(world, daemon);
    const { id } = await world.client.createWorkspace("me", { name: "far-too-much", template_id: template.id });
    const { jobId } = await daemon.acquire();
    const metadata = Array.from({ length: 100 }, (_, at) => ({ key: `k${at}`, value: "x".repeat(200_000) }));
    const completed = daemon.complete({
      jobId,
      type: { case: "workspaceBuild", value: { resources: [{ name: "a", type: "b", metadata }] } },
    });
    await expect(completed).rejects.toMatchObject({ code: "FAILED_PRECONDITION", message: expect.stringContaining("characters of text") });
    expect((await world.client.getWorkspace(id)).latest_build.job.status).toBe("failed");
  });

  test("of the largest kinds that templates have is accepted", () => {
    const script = { script: "x".repeat(330 * 1024) };
    const agent = { name: "main", scripts: [script, script], env: { LARGE: "x".repeat(128 * 1024) } };
    const value = { resources: [{ agents: [agent], name: "a", type: "b" }] };
    expect(() => checkLimits(CompletedJobSchema, { ...message({ case: "workspaceBuild", value }) })).not.toThrow();
  });
});

function message(type: unknown) {
  return create(CompletedJobSchema, { jobId: "x", type } as never);
}

async function send(client: Record<string, unknown>, method: string, kind: string, message: unknown, metadata: Metadata): Promise<never> {
  const run = client[method] as ((request: unknown, options: object) => Promise<unknown> & AsyncIterable<unknown>) | undefined;
  if (run === undefined) throw Object.assign(new Error(), { code: "UNIMPLEMENTED" });
  const isStream = kind === "client_streaming" || kind === "bidi_streaming";
  const answer = run(
    isStream
      ? (async function* () {
          yield message;
        })()
      : message,
    { metadata, timeoutMs: 20_000 },
  );
  if (kind === "unary" || kind === "client_streaming") await answer;
  else for await (const _ of answer);
  throw Object.assign(new Error("it was accepted"), { code: "OK" });
}
