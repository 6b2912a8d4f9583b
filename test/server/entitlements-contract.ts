/** What builds and their agents get of the workspace's owner, asked over REST and gRPC. Each promise also says what is left to them. */
import { randomUUID } from "node:crypto";
import { ChannelCredentials, Metadata } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deriveAgentToken } from "#credentials/agent-token.ts";
import { AGENT_API_LEVEL, AGENT_API_VERSION, AGENT_TOKEN } from "#proto/call-metadata.ts";
import { Agent } from "#proto/gen/agent_pb.js";
import type { AcquiredJob } from "#proto/gen/provisionerd_pb.js";
import { createClient } from "#proto/grpc.ts";
import { addPerson, mintToken, PASSWORD, type Person } from "./people.ts";
import { type PlayedDaemon, playDaemon } from "./played-daemon.ts";
import { makeTemplate } from "./scenario.ts";
import { call, type ServerWorld, tarOf } from "./server-world.ts";

const STATE = Buffer.from('{"version":4,"serial":1,"lineage":"l","resources":[]}');
const AN_HOUR = 3_600_000_000_000;

interface Got {
  readonly sessionToken: string;
  readonly sshKey: string;
  /** Of the agent that the build left; empty for a build that left none. */
  readonly agentToken: string;
}

/** @param open a server whose clock is `now` */
export function entitlementsContract(open: (now: () => Date) => Promise<ServerWorld>): void {
  let world: ServerWorld;
  let builtIn: PlayedDaemon;
  let template: string;
  let clockMs = Date.now();
  beforeAll(async () => {
    world = await open(() => new Date(clockMs));
    builtIn = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
    template = (await makeTemplate(world, builtIn)).id;
  });
  afterAll(async () => {
    builtIn[Symbol.dispose]();
    await world[Symbol.asyncDispose]();
  });

  const as = (key: string) => (method: string, path: string, body?: unknown) =>
    call(world.url, method, path, body, { "Coder-Session-Token": key });
  const ownerCalls = (method: string, path: string, body?: unknown) => world.call(method, path, body);

  /** Lets a daemon end its job with an agent. */
  const end = async (daemon: PlayedDaemon, job: AcquiredJob): Promise<Got> => {
    if (job.type.case !== "workspaceBuild") throw new Error(`expected a build, got ${job.type.case}`);
    const { metadata, agentTokenSecret } = job.type.value;
    const id = randomUUID();
    const agent = { id, name: "main", operatingSystem: "linux", architecture: "amd64", auth: { case: "token", value: "" } } as const;
    const resources = [{ name: "dev", type: "null_resource", agents: [agent] }];
    await daemon.complete({ jobId: job.jobId, type: { case: "workspaceBuild", value: { state: STATE, resources } } });
    return {
      sessionToken: metadata?.workspaceOwnerSessionToken ?? "",
      sshKey: metadata?.workspaceOwnerSshPrivateKey ?? "",
      agentToken: deriveAgentToken(agentTokenSecret, id),
    };
  };
  const take = async (daemon = builtIn): Promise<Got> => end(daemon, await daemon.acquire());

  /** With its first build over. */
  const newWorkspace = async (owner: Pick<Person, "call">, daemon = builtIn): Promise<{ readonly id: string; readonly got: Got }> => {
    const body = { name: `w-${randomUUID().slice(0, 8)}`, template_id: template };
    const { status, json, text } = await owner.call("POST", "/api/v2/users/me/workspaces", body);
    expect(status, text).toBe(201);
    return { id: json.id, got: await take(daemon) };
  };
  /** @returns the build's ID */
  const request = async (by: Person["call"], workspace: string, transition = "start"): Promise<string> => {
    const { status, json, text } = await by("POST", `/api/v2/workspaces/${workspace}/builds`, { transition });
    expect(status, text).toBe(201);
    return json.id;
  };
  const logOf = async (build: string): Promise<string> => (await world.call("GET", `/api/v2/workspacebuilds/${build}/logs`)).text;

  /** Whether an agent gets its owner's key; it does its own work in any case. */
  const getsKey = async (token: string): Promise<boolean> => {
    const asked = as(token);
    const source = { id: randomUUID(), display_name: "Mine", icon: "" };
    expect((await asked("POST", "/api/v2/workspaceagents/me/log-source", source)).status).toBe(201);
    const logs = [{ created_at: new Date(0).toISOString(), output: "hello", level: "info" }];
    expect((await asked("PATCH", "/api/v2/workspaceagents/me/logs", { log_source_id: source.id, logs })).status).toBe(200);
    const client = createClient(Agent, new URL(world.url).host, ChannelCredentials.createInsecure());
    const metadata = new Metadata();
    metadata.set(AGENT_TOKEN, token);
    metadata.set(AGENT_API_VERSION, AGENT_API_LEVEL);
    try {
      expect((await client.getManifest({}, { metadata, timeoutMs: 5_000 })).agentName).toBe("main");
      await client.updateLifecycle({ lifecycle: { state: 4 } }, { metadata, timeoutMs: 5_000 });
      await client.batchUpdateAppHealths({ updates: [] }, { metadata, timeoutMs: 5_000 });
    } finally {
      client.close();
    }
    const [ssh, external] = [
      await asked("GET", "/api/v2/workspaceagents/me/gitsshkey"),
      await asked("GET", "/api/v2/workspaceagents/me/external-auth?id=none"),
    ];
    expect(external.status === 403).toBe(ssh.status === 403);
    if (ssh.status === 403) expect(ssh.json.detail).toContain("user:read_personal");
    else expect(ssh.json.private_key).toContain("OPENSSH PRIVATE KEY");
    return ssh.status === 200;
  };
  const expectNothing = async (got: Got): Promise<void> => {
    expect([got.sessionToken, got.sshKey, await getsKey(got.agentToken)]).toEqual(["", "", false]);
  };
  const expectEverything = async (got: Got): Promise<void> => {
    expect([got.sessionToken !== "", got.sshKey !== "", await getsKey(got.agentToken)]).toEqual([true, true, true]);
    expect((await as(got.sessionToken)("GET", "/api/v2/users/me")).status).toBe(200);
  };

  describe("the agent of a build", () => {
    test("gets what its build was entitled to: everything for the owner's session and an owner of the deployment's", async () => {
      const milo = await addPerson(world);
      const { id, got } = await newWorkspace(milo);
      await expectEverything(got);
      await request(ownerCalls, id);
      await expectEverything(await take());
    });

    test("gets nothing for an administrator of the organization, and everything again when its owner starts it", async () => {
      const milo = await addPerson(world);
      const { id } = await newWorkspace(milo);
      const admin = await addPerson(world, { memberRoles: ["organization-admin"] });
      await request(admin.call, id);
      await expectNothing(await take());
      await request(milo.call, id);
      await expectEverything(await take());
    });

    for (const { scopes, gets } of [
      { scopes: ["workspace:*", "template:read", "template:use"], gets: false },
      { scopes: ["workspace:*", "template:read", "template:use", "user:read_personal"], gets: true },
    ])
      test(`gets ${gets ? "the owner's" : "no"} personal data for a token of ${scopes.join()}`, async () => {
        const milo = await addPerson(world);
        const { id } = await newWorkspace(milo);
        await request(as(await mintToken(milo, { scopes })), id);
        const { sshKey, agentToken } = await take();
        expect([sshKey !== "", await getsKey(agentToken)]).toEqual([gets, gets]);
      });

    for (const { what, change } of [
      { what: "deleted", change: (milo: Person, id: string) => milo.call("DELETE", `/api/v2/users/me/keys/${id}`) },
      { what: "ended", change: (milo: Person, id: string) => milo.call("PUT", `/api/v2/users/me/keys/${id}/expire`) },
      {
        what: "narrowed",
        change: async (milo: Person, id: string) => {
          const { token_name: name } = (await milo.call("GET", `/api/v2/users/me/keys/${id}`)).json;
          return milo.call("PATCH", `/api/v2/users/me/keys/tokens/${name}`, { scopes: ["workspace:*"] });
        },
      },
      {
        what: "at its end",
        change: async () => {
          clockMs += 2 * 3_600_000;
          return undefined;
        },
      },
    ])
      test(`loses what it had of a token that is ${what}`, async () => {
        const milo = await addPerson(world);
        const { id } = await newWorkspace(milo);
        const token = await mintToken(milo, { lifetime: AN_HOUR });
        await request(as(token), id);
        const { agentToken } = await take();
        expect(await getsKey(agentToken)).toBe(true);
        const answer = await change(milo, token.slice(0, 10));
        if (answer !== undefined) expect(answer.status, answer.text).toBeLessThan(300);
        expect(await getsKey(agentToken)).toBe(false);
      });

    test("keeps what a session gave it when that session ends: signing out stops no workspace", async () => {
      const milo = await addPerson(world);
      const { got } = await newWorkspace(milo);
      expect((await milo.call("POST", "/api/v2/users/logout")).status).toBe(200);
      expect(await getsKey(got.agentToken)).toBe(true);
    });

    test("of a build that the template's own key requested gets what that has, and loses it with it", async () => {
      const milo = await addPerson(world);
      const { id, got } = await newWorkspace(milo);
      await request(as(got.sessionToken), id);
      const next = await take();
      await expectEverything(next);
      expect((await milo.call("DELETE", `/api/v2/users/me/keys/${next.sessionToken.slice(0, 10)}`)).status).toBe(204);
      expect(await getsKey(next.agentToken)).toBe(false);
    });
  });

  describe("a build that waits gets nothing of its owner's, nor does its agent, if meanwhile", () => {
    const password = (milo: Person) =>
      milo.call("PUT", `/api/v2/users/${milo.username}/password`, { old_password: PASSWORD, password: "Quite another 8 phrase!" });
    for (const { what, because, change } of [
      {
        what: "its requester signs out",
        because: "session that requested this build ended",
        change: (milo: Person) => milo.call("POST", "/api/v2/users/logout"),
      },
      { what: "its requester changes the password", because: "session that requested this build ended", change: password },
      {
        what: "an owner resets the password",
        because: "session that requested this build ended",
        change: (milo: Person) => world.call("PUT", `/api/v2/users/${milo.username}/password`, { password: "Quite another 8 phrase!" }),
      },
    ] satisfies { what: string; because: string; change: (milo: Person) => Promise<unknown> }[])
      test(what, async () => {
        const milo = await addPerson(world);
        const { id } = await newWorkspace(milo);
        const build = await request(milo.call, id);
        await change(milo);
        const got = await take();
        await expectNothing(got);
        expect(await logOf(build)).toContain(because);
      });

    test("its token is deleted or expires", async () => {
      const milo = await addPerson(world);
      const { id } = await newWorkspace(milo);
      for (const finish of [
        (key: string) => milo.call("DELETE", `/api/v2/users/me/keys/${key}`),
        (key: string) => milo.call("PUT", `/api/v2/users/me/keys/${key}/expire`),
      ]) {
        const token = await mintToken(milo);
        await request(as(token), id);
        await finish(token.slice(0, 10));
        await expectNothing(await take());
      }
    });

    test("its requester loses the role by which it was requested", async () => {
      const milo = await addPerson(world);
      const { id } = await newWorkspace(milo);
      const build = await request(milo.call, id);
      const setRoles = (default_org_member_roles: string[]) =>
        world.call("PATCH", "/api/v2/organizations/default", { default_org_member_roles });
      expect((await setRoles([])).status).toBe(200);
      const { sessionToken, sshKey } = await take();
      expect([sessionToken, sshKey]).toEqual(["", ""]);
      expect(await logOf(build)).toContain("may no longer do so");
      expect((await setRoles(["organization-workspace-access"])).status).toBe(200);
    });

    test("an owner of the deployment who requested it is one no more", async () => {
      const boss = await addPerson(world, { roles: ["owner"], memberRoles: ["organization-admin"] });
      const milo = await addPerson(world);
      const { id } = await newWorkspace(milo);
      await request(boss.call, id);
      expect((await world.call("PUT", `/api/v2/users/${boss.username}/roles`, { roles: [] })).status).toBe(200);
      await expectNothing(await take());
    });
  });

  test("a start whose requester was suspended meanwhile fails before anything is handed out, and a stop runs with nothing of the owner's", async () => {
    const milo = await addPerson(world);
    const { id } = await newWorkspace(milo);
    const start = await request(milo.call, id);
    expect((await world.call("PUT", `/api/v2/users/${milo.username}/status/suspend`)).status).toBe(200);
    await expect(builtIn.acquire()).rejects.toThrow("was suspended or deleted before a daemon took it");
    expect((await world.call("GET", `/api/v2/workspacebuilds/${start}`)).json.job).toMatchObject({ status: "failed" });
    expect((await world.call("PUT", `/api/v2/users/${milo.username}/status/activate`)).status).toBe(200);

    const stop = await request(milo.call, id, "stop");
    await world.call("PUT", `/api/v2/users/${milo.username}/status/suspend`);
    const job = await builtIn.acquire();
    const { sessionToken, sshKey } = await end(builtIn, job);
    expect([sessionToken, sshKey]).toEqual(["", ""]);
    expect(await logOf(stop)).toContain("suspended or deleted");
  });

  test("an import whose author was suspended meanwhile fails, and an import carries nothing that belongs to a user", async () => {
    const author = await addPerson(world, { roles: ["template-admin"] });
    const push = async () => {
      const headers = { "Coder-Session-Token": author.sessionToken };
      const file = await call(world.url, "POST", "/api/v2/files", await tarOf({ "main.tf": `# ${randomUUID()}\n` }), {
        ...headers,
        "Content-Type": "application/x-tar",
      });
      const body = { storage_method: "file", provisioner: "terraform", file_id: file.json.hash };
      const { status, json, text } = await author.call("POST", "/api/v2/organizations/default/templateversions", body);
      expect(status, text).toBe(201);
      return json.id;
    };
    await push();
    const job = await builtIn.acquire();
    const metadata = job.type.case === "templateImport" ? job.type.value.metadata : undefined;
    expect([metadata?.workspaceOwnerSessionToken, metadata?.workspaceOwnerSshPrivateKey, metadata?.workspaceOwner]).toEqual(["", "", ""]);
    await builtIn.complete({ jobId: job.jobId, type: { case: "templateImport", value: {} } });
    const version = await push();
    await world.call("PUT", `/api/v2/users/${author.username}/status/suspend`);
    await expect(builtIn.acquire()).rejects.toThrow("was suspended before a daemon took the import");
    expect((await world.call("GET", `/api/v2/templateversions/${version}`)).json.job).toMatchObject({ status: "failed" });
  });

  describe("a daemon gets of a workspace's owner", () => {
    const daemonOf = async (maker: Pick<Person, "call">) => {
      const name = `k-${randomUUID().slice(0, 8)}`;
      const { status, json, text } = await maker.call("POST", "/api/v2/organizations/default/provisionerkeys", { name });
      expect(status, text).toBe(201);
      return playDaemon({ url: world.url, key: json.key, name });
    };

    for (const { maker, owner, gets } of [
      { maker: { roles: ["owner"] }, owner: { roles: ["owner"] }, gets: true },
      { maker: { roles: ["owner"] }, owner: {}, gets: true },
      { maker: { roles: ["template-admin"] }, owner: {}, gets: true },
      { maker: { roles: ["template-admin"] }, owner: { roles: ["owner"] }, gets: false },
      { maker: { roles: ["template-admin"] }, owner: { roles: ["user-admin"] }, gets: false },
      { maker: { memberRoles: ["organization-admin"] }, owner: {}, gets: true },
      { maker: { memberRoles: ["organization-admin"] }, owner: { memberRoles: ["organization-template-admin"] }, gets: true },
      { maker: { memberRoles: ["organization-template-admin"] }, owner: { memberRoles: ["organization-admin"] }, gets: false },
      { maker: { memberRoles: ["organization-admin"] }, owner: { roles: ["auditor"] }, gets: false },
      { maker: { memberRoles: ["organization-admin"] }, owner: { organizations: ["default", "moon"] }, gets: false },
    ])
      test(`${gets ? "everything" : "nothing"} if ${JSON.stringify(maker)} made its key and ${JSON.stringify(owner)} owns the workspace`, async () => {
        await world.call("POST", "/api/v2/organizations", { name: "moon" });
        using daemon = await daemonOf(await addPerson(world, maker));
        const { id, got } = await newWorkspace(await addPerson(world, owner), daemon);
        if (gets) return expectEverything(got);
        await expectNothing(got);
        const { json } = await world.call("GET", `/api/v2/workspaces/${id}`);
        expect(await logOf(json.latest_build.id)).toContain("made this daemon's provisioner key");
      });

    test("nothing any more once the maker of its key is no longer an owner", async () => {
      const [boss, milo] = [await addPerson(world, { roles: ["owner"] }), await addPerson(world, { roles: ["auditor"] })];
      using daemon = await daemonOf(boss);
      const { id, got } = await newWorkspace(milo, daemon);
      await expectEverything(got);
      expect((await world.call("PUT", `/api/v2/users/${boss.username}/roles`, { roles: [] })).status).toBe(200);
      await request(milo.call, id);
      await expectNothing(await take(daemon));
    });

    for (const maker of [{ roles: ["template-admin"] }, { memberRoles: ["organization-admin"] }, { roles: ["owner"] }])
      test(`nothing any more, not even of plain members, once the maker of its key has lost ${JSON.stringify(maker)}`, async () => {
        const [former, milo] = [await addPerson(world, maker), await addPerson(world)];
        using daemon = await daemonOf(former);
        const { id, got } = await newWorkspace(milo, daemon);
        await expectEverything(got);
        for (const path of [`users/${former.username}/roles`, `organizations/default/members/${former.username}/roles`])
          expect((await world.call("PUT", `/api/v2/${path}`, { roles: [] })).status).toBe(200);
        await request(milo.call, id);
        await expectNothing(await take(daemon));
      });

    test("nothing any more once the maker of its key is suspended or deleted", async () => {
      const [tad, milo] = [await addPerson(world, { roles: ["template-admin"] }), await addPerson(world)];
      using daemon = await daemonOf(tad);
      const { id, got } = await newWorkspace(milo, daemon);
      await expectEverything(got);
      const steps = [
        { change: () => world.call("PUT", `/api/v2/users/${tad.username}/status/suspend`), gets: false },
        { change: () => world.call("PUT", `/api/v2/users/${tad.username}/status/activate`), gets: true },
        { change: () => world.call("DELETE", `/api/v2/users/${tad.username}`), gets: false },
      ];
      for (const { change, gets } of steps) {
        const { status, text } = await change();
        expect(status, text).toBeLessThan(300);
        await request(milo.call, id);
        await (gets ? expectEverything : expectNothing)(await take(daemon));
      }
    });

    test("what a narrow token gives, and no more, if its key's maker could get everything", async () => {
      const boss = await addPerson(world, { roles: ["owner"] });
      using daemon = await daemonOf(boss);
      const milo = await addPerson(world);
      const { id } = await newWorkspace(milo, daemon);
      await request(as(await mintToken(milo, { scopes: ["workspace:*", "template:read", "template:use"] })), id);
      const { sessionToken, sshKey, agentToken } = await take(daemon);
      expect([sessionToken !== "", sshKey, await getsKey(agentToken)]).toEqual([true, "", false]);
      expect((await as(sessionToken)("GET", "/api/v2/users/me/gitsshkey")).status).not.toBe(200);
    });
  });

  // The last one, because the owner's session ends with it.
  test("a build that waits gets nothing of its owner's if the session that requested it expires", async () => {
    const milo = await addPerson(world);
    const { id } = await newWorkspace(milo);
    await request(milo.call, id);
    clockMs += 8 * 24 * 3_600_000;
    await expectNothing(await take());
  });
}
