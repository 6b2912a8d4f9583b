/** Every text and every list that comes from outside has a limit, and the limit is one. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, type DescService } from "@bufbuild/protobuf";
import { ChannelCredentials, Metadata } from "@grpc/grpc-js";
import Sqlite from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
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
import { buildNext, makeTemplate, pushVersion, startWorkspace } from "./scenario.ts";
import { call, openServerWorld, type ServerWorld, tarOf } from "./server-world.ts";

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

describe("the values of a build's parameters", () => {
  test("are bounded altogether, also with those of the build before", async () => {
    const names = Array.from({ length: 6 }, (_, at) => `p${at}`);
    const found = { richParameters: names.map((name) => ({ name, type: "string", mutable: true, defaultValue: "" })) };
    const template = await makeTemplate(world, daemon, { found });
    const values = (some: readonly string[]) => some.map((name) => ({ name, value: "x".repeat(200_000) }));
    const request = { name: "values", template_id: template.id };
    const ask = (method: string, path: string, body: object) => world.call(method, path, body);
    expect(await ask("POST", "/api/v2/users/me/workspaces", { ...request, rich_parameter_values: values(names) })).toMatchObject({
      status: 400,
      json: { validations: [{ field: "rich_parameter_values" }] },
    });
    const made = await ask("POST", "/api/v2/users/me/workspaces", { ...request, rich_parameter_values: values(names.slice(0, 4)) });
    expect(made.status).toBe(201);
    await buildNext(daemon, []);
    const builds = `/api/v2/workspaces/${made.json.id}/builds`;
    expect((await ask("POST", builds, { transition: "start", rich_parameter_values: values(names.slice(4)) })).status).toBe(400);
    expect((await ask("POST", builds, { transition: "delete" })).status).toBe(201);
    await buildNext(daemon, []);
  });

  test("so are the variables of a version", async () => {
    const { hash } = await world.client.uploadFile(await tarOf({ "main.tf": "# empty\n" }));
    const user_variable_values = Array.from({ length: 6 }, (_, at) => ({ name: `v${at}`, value: "x".repeat(200_000) }));
    const request = { storage_method: "file", provisioner: "terraform", file_id: hash, user_variable_values };
    expect(await world.call("POST", "/api/v2/organizations/default/templateversions", request)).toMatchObject({
      status: 400,
      json: { validations: [{ field: "user_variable_values" }] },
    });
  });
});

describe("what an agent registers", () => {
  test("is at most a hundred log sources, however long it goes on, and everybody's list is as it was", async () => {
    const { workspace, agents } = await startWorkspace(world, daemon, await makeTemplate(world, daemon));
    const register = (id: string, display_name = "x".repeat(256)) =>
      call(
        world.url,
        "POST",
        "/api/v2/workspaceagents/me/log-source",
        { id, display_name },
        { "Coder-Session-Token": agents[1]?.token ?? "" },
      );
    const ids = Array.from({ length: 102 }, () => crypto.randomUUID());
    const statuses = [];
    for (const id of ids) statuses.push((await register(id)).status);
    expect(statuses).toEqual([...Array.from({ length: 100 }, () => 201), 400, 400]);
    // The first ones again, and the source for lines that name none, are not new.
    expect((await register(ids[0] ?? "")).status).toBe(201);
    const logs = await call(
      world.url,
      "PATCH",
      "/api/v2/workspaceagents/me/logs",
      { logs: [{ output: "x" }] },
      { "Coder-Session-Token": agents[1]?.token ?? "" },
    );
    expect(logs.status).toBe(200);
    expect((await register(ids[0] ?? "", "x".repeat(257))).status).toBe(400);
    const list = await world.call("GET", `/api/v2/workspaces?q=name:${workspace.name}`);
    expect(
      list.json.workspaces[0].latest_build.resources[0].agents.find(({ name }: { name: string }) => name === "no-user-data").log_sources,
    ).toHaveLength(101);
  });
});

describe("rows of an older version, which had no limits", () => {
  test("do not break a list: it is without long scripts, surplus log sources, and what is far too much altogether", async () => {
    const found = await makeTemplate(world, daemon);
    const { workspace } = await startWorkspace(world, daemon, found);
    const agent = workspace.latest_build.resources[0]?.agents?.[0]?.id ?? "";
    const database = new Sqlite(join(directory, "proviso.db"));
    const source = database.prepare(
      "insert into workspace_agent_log_sources (id, workspace_agent_id, display_name, icon, created_at) values (?, ?, ?, '', ?)",
    );
    const [{ created_at: at }] = database.prepare("select created_at from workspace_agents limit 1").all() as [{ created_at: unknown }];
    database.transaction(() => {
      for (let count = 0; count < 3_000; count++) source.run(crypto.randomUUID(), agent, "x".repeat(10_000), at);
    })();
    database
      .prepare(
        `insert into workspace_agent_scripts (id, workspace_agent_id, log_source_id, display_name, log_path, script, cron, start_blocks_login,
          run_on_start, run_on_stop, timeout_seconds, position, created_at) values (?, ?, ?, 's', '', ?, '', 0, 1, 0, 0, 0, ?)`,
      )
      .run(crypto.randomUUID(), agent, crypto.randomUUID(), "x".repeat(5_000_000), at);
    database.close();
    const list = await world.call("GET", `/api/v2/workspaces?q=name:${workspace.name}`);
    const listed = list.json.workspaces[0].latest_build.resources[0].agents.find(({ id }: { id: string }) => id === agent);
    expect(listed.scripts.map(({ script }: { script: string }) => script)).toEqual([""]);
    expect(listed.log_sources.length).toBeLessThan(1_200);
    expect(listed.log_sources[0].display_name.length).toBeLessThanOrEqual(256);
    const one = await world.call("GET", `/api/v2/workspaceagents/${agent}`);
    expect(one.json.scripts[0].script).toHaveLength(5_000_000);
    const huge = new Sqlite(join(directory, "proviso.db"));
    huge
      .prepare("update workspace_resources set icon = ? where id = ?")
      .run("x".repeat(70_000_000), workspace.latest_build.resources[0]?.id);
    huge.close();
    const bounded = await world.call("GET", "/api/v2/workspaces");
    expect(bounded.status).toBe(200);
    expect(bounded.text.length).toBeLessThan(1_000_000);
  });
});

describe("texts of a daemon of somebody else's", () => {
  test("are stored without the secrets in them: log, stage, error, timings", async () => {
    const secret = formatSecret("session");
    await pushVersion(world);
    const { jobId } = await daemon.acquire();
    await daemon.update({ jobId, logs: [{ stage: `stage ${secret}`, output: `line ${secret}` }] });
    await daemon.fail({ jobId, error: `error ${secret}`, errorCode: secret, type: { case: "templateImport", value: {} } });
    const { workspace } = {
      workspace: await world.client.createWorkspace("me", { name: "loud", template_id: (await makeTemplate(world, daemon)).id }),
    };
    const build = await daemon.acquire();
    const timing = {
      stage: "plan",
      action: secret,
      source: secret,
      resource: secret,
      start: { seconds: 1n, nanos: 0 },
      end: { seconds: 2n, nanos: 0 },
      state: 1,
    };
    await daemon.complete({ jobId: build.jobId, type: { case: "workspaceBuild", value: { timings: [timing] } } });
    expect(workspace.id).toBeTruthy();
    const database = new Sqlite(join(directory, "proviso.db"), { readonly: true });
    for (const table of ["provisioner_job_logs", "provisioner_jobs", "provisioner_job_timings"]) {
      const text = JSON.stringify(database.prepare(`select * from ${table}`).all());
      expect([table, text.includes(secret)]).toEqual([table, false]);
      expect([table, text.includes("pvs_...")]).toEqual([table, true]);
    }
    database.close();
  });
});

describe("a link that runs in the browser of whoever opens it", () => {
  for (const { what, agent, says } of [
    { what: "an app", agent: { apps: [{ slug: "evil", url: "java\tscript:alert(1)" }] }, says: 'app "evil": url' },
    {
      what: "a health check",
      agent: { apps: [{ slug: "evil", healthcheck: { url: "file:///etc/passwd" } }] },
      says: 'app "evil": healthcheck url',
    },
    { what: "an agent's help", agent: { troubleshootingUrl: "JavaScript:alert(1)" }, says: "troubleshooting_url" },
    {
      what: "a dev container's app",
      agent: { devcontainers: [{ name: "dev", workspaceFolder: "/w", apps: [{ slug: "evil", url: " data:text/html,x" }] }] },
      says: 'app "evil": url',
    },
  ])
    test(`of ${what} fails the import and the build by name, and is never stored`, async () => {
      const resources = [{ name: "m", type: "null_resource", agents: [{ id: crypto.randomUUID(), name: "main", ...agent }] }];
      await pushVersion(world);
      const imported = await daemon.acquire();
      const value = { startResources: resources };
      await expect(daemon.complete({ jobId: imported.jobId, type: { case: "templateImport", value } })).rejects.toThrow(says);
      const template = await makeTemplate(world, daemon);
      const { id } = await world.client.createWorkspace("me", {
        name: `evil-${crypto.randomUUID().slice(0, 8)}`,
        template_id: template.id,
      });
      const build = await daemon.acquire();
      await expect(daemon.complete({ jobId: build.jobId, type: { case: "workspaceBuild", value: { resources } } })).rejects.toThrow(says);
      const { latest_build: latest } = await world.client.getWorkspace(id);
      expect(latest.job.error).toContain(says);
      const database = new Sqlite(join(directory, "proviso.db"), { readonly: true });
      expect(database.prepare("select count(*) from workspace_apps").pluck().get()).toBe(0);
      database.close();
    });

  test("that an older version has stored is not handed out", async () => {
    const template = await makeTemplate(world, daemon);
    const { id } = await world.client.createWorkspace("me", { name: "old-link", template_id: template.id });
    const build = await daemon.acquire();
    const agents = [{ id: crypto.randomUUID(), name: "main", apps: [{ slug: "code", url: "http://localhost:8080" }] }];
    const resources = [{ name: "m", type: "null_resource", agents }];
    await daemon.complete({ jobId: build.jobId, type: { case: "workspaceBuild", value: { resources } } });
    const appOf = async () => (await world.client.getWorkspace(id)).latest_build.resources[0]?.agents?.[0]?.apps[0];
    expect((await appOf())?.url).toBe("http://localhost:8080");
    const database = new Sqlite(join(directory, "proviso.db"));
    database.prepare("update workspace_apps set url = 'javascript:alert(1)'").run();
    database.close();
    expect(await appOf()).toMatchObject({ slug: "code" });
    expect((await appOf())?.url).toBeUndefined();
  });
});

test("no answer of the API is kept by a cache", async () => {
  for (const [method, path, body] of [
    ["POST", "/api/v2/users/me/keys", {}],
    ["POST", "/api/v2/users/me/keys/tokens", {}],
    ["GET", "/api/v2/users/me/gitsshkey", undefined],
    ["GET", "//api/v2/users/me", undefined],
    ["GET", "/api/v2/nowhere", undefined],
    ["POST", "/api/v2/users/login", { email: "x@example.com", password: "wrong" }],
  ] as const) {
    const { headers } = await world.call(method, path, body);
    expect([path, headers.get("cache-control")]).toEqual([path, "no-store"]);
  }
});

test("a list of versions with long READMEs stays bounded", async () => {
  const template = await makeTemplate(world, daemon);
  for (let at = 0; at < 80; at++) await pushVersion(world, { template_id: template.id });
  const database = new Sqlite(join(directory, "proviso.db"));
  database.prepare("update template_versions set readme = ? where template_id = ?").run("x".repeat(1_000_000), template.id);
  database.close();
  const listed = await world.client.listTemplateVersions(template.id);
  expect(listed).toHaveLength(81);
  expect(listed.filter(({ readme }) => readme !== "").length).toBeLessThan(70);
  expect(new Set(listed.map(({ id }) => id)).size).toBe(81);
  expect(await world.client.listTemplateVersions(template.id, { limit: 60, offset: 10 })).toHaveLength(60);
});
