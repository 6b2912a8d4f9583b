/** A known secret of every kind is used rightly and in every wrong place. Then none stands where it could be read again. */
import { randomBytes } from "node:crypto";
import { mkdtempDisposable, readdir, readFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { ChannelCredentials, Metadata } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SYSTEM } from "#authz/subject.ts";
import { deriveAgentToken } from "#credentials/agent-token.ts";
import { AGENT_API_LEVEL, AGENT_API_VERSION, AGENT_TOKEN } from "#proto/call-metadata.ts";
import { Agent } from "#proto/gen/agent_pb.js";
import { createClient } from "#proto/grpc.ts";
import { createEncryption } from "#server/encryption/envelope.ts";
import { loadKeyFile } from "#server/encryption/key-file.ts";
import { UserId } from "#server/ids.ts";
import { postgresDatabases } from "../contracts/databases.ts";
import { openStore, type StoreOptions } from "../contracts/open-store.ts";
import { startPostgres, type TestPostgres } from "../postgres.ts";
import { mintToken } from "./people.ts";
import { playDaemon } from "./played-daemon.ts";
import { call, OWNER, openServerWorld, type ServerWorld, tarOf } from "./server-world.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.[Symbol.asyncDispose]());

interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Where a secret was used, and what was answered. */
interface Use extends Answered {
  readonly what: string;
}

/** By what they are. Of a key only its secret half: the other one is its id, which is public. */
type Secrets = Record<string, string>;

const BOB = { username: "bob", email: "bob@example.com", password: "Lilac tortoise 4 umbrella!", login_type: "password" };
const NEW_PASSWORD = "Orange walrus 8 bicycle!";
const LINK = { access: "canary-access-token", refresh: "canary-refresh-token", extra: "canary-id-token" };

for (const kind of ["sqlite", "postgres"] as const) {
  describe(`on ${kind}`, () => {
    test("no secret can be read again in a log, an entry, a refusal or a row", async () => {
      await using directory = await mkdtempDisposable(join(tmpdir(), "proviso-canary-"));
      await using database = kind === "postgres" ? await postgresDatabases(postgres)() : undefined;
      const location = database?.location ?? ({ kind: "sqlite", path: join(directory.path, "proviso.db") } as const);
      const secrets: Secrets = {};
      const uses: Use[] = [];
      const leaks: string[] = [];
      let log = "";
      {
        await using world = await openServerWorld({
          dataDirectory: directory.path,
          ...(location.kind === "postgres" && { databaseUrl: location.url }),
        });
        Object.assign(secrets, await useRightly(world, location, directory.path));
        for (const [name, secret] of Object.entries(secrets))
          uses.push(...(await useWrongly(world, name, secret, secrets["provisioner key"] ?? "")));
        expect((await world.call("GET", "/api/v2/users/me")).status).toBe(200);
        const entries = await world.call("GET", "/api/v2/audit?limit=1000");
        expect(entries.json.audit_logs.length).toBeGreaterThan(10);
        const found = entries.json.audit_logs.map((entry: unknown) => JSON.stringify(entry)).join("\n");
        leaks.push(...leaksIn("an audit entry", found, secrets));
        log = world.logged();
      }
      expect(uses.length).toBeGreaterThan(1_000);
      for (const { what, status, text } of uses) leaks.push(...leaksIn(`the answer ${status} to ${what}`, text, formed(secrets)));
      expect(log).toContain('"level":20');
      leaks.push(...leaksIn("the log", log, secrets), ...leaksIn("the log, as part of an address", log, encodedOf(secrets)));
      for (const [name, secret] of Object.entries(secrets)) {
        if (await database?.holds(secret)) leaks.push(`${name} in the database`);
        for (const file of await readdir(directory.path)) {
          if (file === "encryption.key" && name === "encryption key") continue;
          if ((await readFile(join(directory.path, file))).includes(secret)) leaks.push(`${name} in ${file}`);
        }
      }
      expect(leaks).toEqual([]);
    }, 120_000);
  });
}

/** By which it is known wherever it stands. What people think up, and other programs' keys, could be any text. */
function hasForm(secret: string): boolean {
  return /^pv[a-z]_/.test(secret);
}

function formed(secrets: Secrets): Secrets {
  return Object.fromEntries(Object.entries(secrets).filter(([, secret]) => hasForm(secret)));
}

function encodedOf(secrets: Secrets): Secrets {
  return Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, encodeURIComponent(secret)]));
}

/** The first line with each of them. */
function leaksIn(where: string, text: string, secrets: Secrets): string[] {
  return Object.entries(secrets)
    .filter(([, secret]) => text.includes(secret))
    .map(
      ([name, secret]) =>
        `${name} in ${where}: ${text
          .split("\n")
          .find((line) => line.includes(secret))
          ?.slice(0, 600)}`,
    );
}

/** Everything that makes or takes a secret, done as it should be. @returns what the rest of the server must keep to itself */
async function useRightly(world: ServerWorld, location: StoreOptions["database"], dataDirectory: string): Promise<Secrets> {
  const secrets: Secrets = { "owner's password": OWNER.password, session: secretHalf(world.sessionToken) };
  await world.call("POST", "/api/v2/users", { ...BOB, organization_ids: (await world.client.listOrganizations()).map(({ id }) => id) });
  expect((await world.call("PUT", "/api/v2/users/bob/password", { password: NEW_PASSWORD })).status).toBe(204);
  secrets["old password"] = BOB.password;
  secrets["new password"] = NEW_PASSWORD;
  const { json: bob } = await call(world.url, "POST", "/api/v2/users/login", { email: BOB.email, password: NEW_PASSWORD });
  secrets["bob's session"] = secretHalf(bob.session_token);
  const { text: me } = await world.call("GET", "/api/v2/users/me");
  const ownerId = UserId.parse(JSON.parse(me).id);
  const { json: key } = await world.call("POST", "/api/v2/organizations/default/provisionerkeys", { name: "remote" });
  secrets["provisioner key"] = key.key;

  using daemon = playDaemon({ url: world.url, key: key.key });
  const { hash } = await world.client.uploadFile(await tarOf({ "main.tf": "# empty\n" }));
  secrets["template variable"] = "canary-template-variable";
  const version = await world.client.createTemplateVersion("default", {
    storage_method: "file",
    provisioner: "terraform",
    file_id: hash,
    user_variable_values: [{ name: "v", value: secrets["template variable"] }],
  });
  const imported = await daemon.acquire();
  await daemon.update({
    jobId: imported.jobId,
    templateVariables: [{ name: "v", sensitive: true }],
    userVariableValues: [{ name: "v", value: secrets["template variable"], sensitive: true }],
  });
  await daemon.complete({ jobId: imported.jobId, type: { case: "templateImport", value: {} } });
  const template = await world.client.createTemplate("default", { name: "dev", template_version_id: version.id });
  await world.client.createWorkspace("me", { name: "desk", template_id: template.id });
  const built = await daemon.acquire();
  if (built.type.case !== "workspaceBuild") throw new Error("no build to do");
  const { agentTokenSecret, metadata } = built.type.value;
  secrets["build secret"] = Buffer.from(agentTokenSecret).toString("base64");
  secrets["build secret in hex"] = Buffer.from(agentTokenSecret).toString("hex");
  secrets["workspace owner's token"] = secretHalf(metadata?.workspaceOwnerSessionToken ?? "");
  secrets.state = "canary-terraform-state";
  secrets["agent token"] = deriveAgentToken(agentTokenSecret, "agent-in-terraform");
  const agent = { id: "agent-in-terraform", name: "main", operatingSystem: "linux", architecture: "amd64", apiKeyScope: "all" };
  await daemon.complete({
    jobId: built.jobId,
    type: {
      case: "workspaceBuild",
      value: {
        state: Buffer.from(JSON.stringify({ password: secrets.state })),
        resources: [{ name: "machine", type: "null_resource", agents: [{ ...agent, auth: { case: "token", value: "" } }] }],
      },
    },
  });
  expect((await manifest(world, secrets["agent token"])).status).toBe(200);
  const asAgent = { "Coder-Session-Token": secrets["agent token"] };
  const { json: pair } = await call(world.url, "GET", "/api/v2/workspaceagents/me/gitsshkey", undefined, asAgent);
  secrets["SSH key"] = pair.private_key.split("\n")[3];
  expect(secrets["SSH key"]?.length).toBeGreaterThan(40);

  const encryptionKey = await loadKeyFile(join(dataDirectory, "encryption.key"));
  secrets["encryption key"] = Buffer.from(encryptionKey).toString("base64");
  {
    await using store = await openStore({
      database: location,
      encryption: createEncryption([encryptionKey]),
      onError: (error) => {
        throw error;
      },
    });
    await store.as(SYSTEM).externalAuthLinks.put({
      provider_id: "git",
      user_id: ownerId,
      access_token: LINK.access,
      refresh_token: LINK.refresh,
      expires_at: undefined,
      extra: undefined,
    });
    secrets["external access token"] = LINK.access;
    secrets["external refresh token"] = LINK.refresh;
  }

  secrets["API token"] = secretHalf(await mintToken({ call: world.call }, { scopes: ["workspace:read"] }));
  return secrets;
}

function secretHalf(key: string): string {
  if (!/^[0-9A-Za-z]{10}-pv[a-z]_/.test(key)) throw new Error("this is no key");
  return key.slice(11);
}

/** In each place where somebody could put it by mistake. */
async function useWrongly(world: ServerWorld, name: string, secret: string, daemonKey: string): Promise<Use[]> {
  const uses: Use[] = [];
  const note = async (what: string, answering: Promise<Answered>): Promise<void> => {
    const { status, text } = await answering;
    uses.push({ what: `${name} as ${what}`, status, text });
  };
  const encoded = encodeURIComponent(secret);
  const keyed = `abcdefghij-${secret}`;
  // As a credential of each kind, the right one or not.
  for (const [what, value] of [
    ["itself", secret],
    ["the half of a key", keyed],
  ] as const) {
    const ask = (headers: Record<string, string>) => call(world.url, "GET", "/api/v2/users/me", undefined, headers);
    await note(`header, ${what}`, ask({ "Coder-Session-Token": value }));
    await note(`bearer, ${what}`, ask({ Authorization: `Bearer ${value}` }));
    await note(`basic, ${what}`, ask({ Authorization: `Basic ${Buffer.from(`:${value}`).toString("base64")}` }));
    await note(`cookie, ${what}`, ask({ Cookie: `coder_session_token=${encodeURIComponent(value)}` }));
    for (const key of ["coder_session_token", "access_token"]) {
      const path = `/api/v2/users/me?${key}=${encodeURIComponent(value)}`;
      await note(`query ${key}, ${what}`, call(world.url, "GET", path));
      await note(
        `websocket ${key}, ${what}`,
        socket(world, `/api/v2/workspacebuilds/${NO_ID}/logs?follow&${key}=${encodeURIComponent(value)}`),
      );
    }
    for (const [header, text] of [
      ["User-Agent", value],
      ["X-Forwarded-For", value],
      ["Origin", `https://${encodeURIComponent(value)}`],
      ["X-CSRF-TOKEN", value],
      ["X-Request-Id", value],
      ["Referer", `https://x/?t=${encodeURIComponent(value)}`],
    ] as const)
      await note(`header ${header}, ${what}`, world.call("GET", "/api/v2/users/nobody", undefined, { [header]: text }));
    await note(`agent's token, ${what}`, manifest(world, value));
    await note(`daemon's key, ${what}`, updateJob({ url: world.url, key: value }));
    await note(`daemon's name, ${what}`, updateJob({ url: world.url, key: daemonKey, name: value }));
  }
  // In each path, query and body of the API.
  const { json: document } = await call(world.url, "GET", "/api/v2/openapi.json");
  for (const [path, methods] of Object.entries<Record<string, Operation>>(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const to = (url: string) => url.replace(/\{(\w+)\}/g, (_, parameter: string) => NAMES[parameter] ?? NO_ID);
      for (const { in: where, name: parameter } of operation.parameters ?? []) {
        const url = where === "path" ? to(path.replace(`{${parameter}}`, encoded)) : `${to(path)}?${parameter}=${encoded}`;
        await note(`${method} ${path} ${parameter}`, world.call(method.toUpperCase(), url, method === "get" ? undefined : {}));
      }
      if (!hasForm(secret)) continue;
      const schema = operation.requestBody?.content?.["application/json"]?.schema;
      if (schema === undefined || path.endsWith("/users/first")) continue;
      const url = to(path);
      // What passes is what is of interest, and it must not end the test's own session.
      for (const body of bodiesWith(schema, secret))
        await note(`${method} ${path} ${JSON.stringify(Object.keys(body))}`, world.call(method.toUpperCase(), url, body));
      for (const text of [`{"name": "${secret}"`, JSON.stringify(secret), `[${JSON.stringify(secret)}]`, secret, `{"${secret}": 1}`])
        await note(`${method} ${path} in a wrong form`, world.call(method.toUpperCase(), url, Buffer.from(text)));
    }
  }
  for (const q of [
    secret,
    `owner:${secret}`,
    `name:${secret}`,
    `${secret}:x`,
    `status:${secret}`,
    `email:${secret}`,
    `action:${secret}`,
    `date_from:${secret}`,
  ])
    for (const path of ["workspaces", "users", "templates", "audit", "organizations/default/paginated-members"])
      await note(`filter of ${path}`, world.call("GET", `/api/v2/${path}?q=${encodeURIComponent(q)}`));
  // As somebody's name or description, another text is nothing but that.
  for (const [method, path, fields] of hasForm(secret) ? WHOLE_BODIES : []) {
    for (const field of Object.keys(fields)) {
      const value = Array.isArray(fields[field]) ? [secret] : secret;
      await note(`${method} ${path} with a wrong ${field}`, world.call(method, `/api/v2${path}`, { ...fields, [field]: value }));
    }
  }
  return uses;
}

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: { readonly content?: { readonly "application/json"?: { readonly schema?: Schema } } };
}

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

const NO_ID = "99999999-9999-4999-8999-999999999999";
const NAMES: Readonly<Record<string, string>> = { user: "me", organization: "default" };

/** Each field alone, all at once, and one that there is not. */
function bodiesWith({ properties = {} }: Schema, secret: string): Record<string, unknown>[] {
  const names = Object.keys(properties);
  const all = Object.fromEntries(names.map((field) => [field, secret]));
  return [...names.map((field) => ({ [field]: secret })), ...names.map((field) => ({ [field]: [secret] })), all, { [secret]: secret }];
}

const WHOLE_BODIES: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
  ["POST", "/users/me/keys/tokens", { token_name: "fresh", scopes: ["workspace:read"], allow_list: ["*:*"], description: "d" }],
  ["PATCH", "/users/me/keys/tokens/fresh", { description: "d", scopes: ["workspace:read"] }],
  [
    "POST",
    "/users",
    { username: "fresh", email: "fresh@example.com", name: "Fresh", login_type: "none", roles: ["auditor"], organization_ids: [NO_ID] },
  ],
  ["PUT", "/users/me/profile", { username: "ann", name: "Ann", avatar_url: "/x.png" }],
  ["PUT", "/users/me/appearance", { theme_preference: "dark", terminal_font: "" }],
  ["PUT", "/users/me/password", { old_password: "wrong", password: "weak" }],
  ["POST", "/users/login", { email: "ann@example.com", password: "wrong" }],
  ["POST", "/organizations", { name: "fresh", display_name: "Fresh", description: "d", icon: "/x.png" }],
  ["PATCH", "/organizations/default", { display_name: "Default", description: "d", icon: "/x.png" }],
  ["POST", "/organizations/default/provisionerkeys", { name: "other" }],
  ["POST", "/users/me/workspaces", { name: "other", template_id: NO_ID, autostart_schedule: "" }],
  ["POST", "/authcheck/explain", { object: { resource_type: "workspace" }, action: "read" }],
];

/** As a daemon that knows no job. */
async function updateJob(server: Parameters<typeof playDaemon>[0]): Promise<Answered> {
  using daemon = playDaemon(server);
  return daemon.update({ jobId: NO_ID }).then(
    () => ({ status: 200, text: "" }),
    (error: unknown) => ({ status: 400, text: String(error) }),
  );
}

async function manifest({ url }: ServerWorld, token: string): Promise<Answered> {
  const client = createClient(Agent, new URL(url).host, ChannelCredentials.createInsecure());
  const metadata = new Metadata();
  metadata.set(AGENT_TOKEN, token);
  metadata.set(AGENT_API_VERSION, AGENT_API_LEVEL);
  try {
    await client.getManifest({}, { metadata, timeoutMs: 10_000 });
    return { status: 200, text: "" };
  } catch (error) {
    return { status: 401, text: String(error) };
  } finally {
    client.close();
  }
}

/** By hand: a client's own WebSocket does not tell what a refusal said. */
async function socket({ url }: ServerWorld, path: string): Promise<Answered> {
  const { promise, resolve, reject } = Promise.withResolvers<Answered>();
  const asked = request(url + path, {
    headers: {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
    },
  });
  asked.once("response", (answer) => {
    text(answer).then((told) => resolve({ status: answer.statusCode ?? 0, text: told }), reject);
  });
  asked.once("upgrade", (answer, opened) => {
    opened.destroy();
    resolve({ status: answer.statusCode ?? 0, text: "" });
  });
  asked.once("error", reject);
  asked.end();
  return promise;
}
