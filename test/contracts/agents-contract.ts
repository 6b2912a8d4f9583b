import { expect, test } from "vitest";
import { agentSubject } from "#authz/agent-subject.ts";
import { rolesOf } from "#authz/roles.ts";
import { FULL_SCOPE } from "#authz/scope.ts";
import { userSubject } from "#authz/subject.ts";
import { deriveAgentToken } from "#credentials/agent-token.ts";
import { AGENT_LOG_LIMIT_BYTES } from "#server/agents/append-logs.ts";
import { LogQuotaExceededError, NotFoundError } from "#server/errors.ts";
import { LogSourceId } from "#server/ids.ts";
import { serveDaemons } from "./daemon.ts";
import type { NewDatabase } from "./databases.ts";
import { complete, machine, makeTemplate, tokenAgent } from "./template.ts";
import { openWorld } from "./world.ts";

/** What agents report, and who may see it. */
export function agentsContract(newDatabase: NewDatabase): void {
  const open = async () => {
    const world = await openWorld(newDatabase);
    const one = (await serveDaemons(world)).daemon();
    const template = await makeTemplate(world, one);
    const { user, view } = await world.member("milo");
    const made = await view.workspaces.create({ ownerId: user.id, templateId: template.id, name: "ws", parameters: [] });
    const agent = {
      ...tokenAgent("main"),
      scripts: [{ displayName: "Start", script: "x" }],
      metadata: [{ key: "load" }],
      apps: [{ slug: "web" }],
    };
    const { secret } = await complete(one, { resources: [machine(agent)] });
    const authenticated = await world.store.system.authentication.withAgentToken(deriveAgentToken(secret, agent.id));
    if (authenticated === undefined) throw new Error("the agent may not call");
    return { ...world, ...made, one, view, id: authenticated.agent.id };
  };

  test("reports change the agent's row, and only for who may update it", async () => {
    const { view, id, clock, member, asOwner } = await open();
    const { agents } = view;
    await agents.markConnected(id);
    const connected = clock.now();
    clock.advance(1_000);
    await agents.markConnected(id);
    await agents.updateStartup(id, { version: "v1", apiVersion: "2.11", expandedDirectory: "/home/milo", subsystems: ["envbox"] });
    await agents.setLifecycle(id, "starting");
    clock.advance(1_000);
    await agents.setLifecycle(id, "ready");
    await agents.markDisconnected(id);
    await agents.updateMetadata(id, [{ key: "load", value: "0.5\0", error: "", collectedAt: clock.now() }]);
    const before = await agents.get(id);
    expect(before).toMatchObject({
      first_connected_at: connected,
      last_connected_at: new Date(connected.getTime() + 1_000),
      disconnected_at: clock.now(),
      lifecycle_state: "ready",
      started_at: new Date(connected.getTime() + 1_000),
      ready_at: clock.now(),
      version: "v1",
      subsystems: ["envbox"],
      expanded_directory: "/home/milo",
      metadata: [{ key: "load", value: "0.5\u{FFFD}", collected_at: clock.now() }],
    });
    const [app] = before.apps;
    const [script] = before.scripts;
    if (app === undefined || script === undefined) throw new Error("no app or script");
    await agents.updateAppHealths(id, [{ appId: app.id, health: "healthy" }]);
    await agents.recordScriptTiming(id, {
      script_id: script.id,
      stage: "start",
      status: "ok",
      exit_code: 0,
      started_at: connected,
      ended_at: clock.now(),
    });
    expect((await agents.get(id)).apps[0]?.health).toBe("healthy");

    const { view: stranger } = await member("mona");
    await expect(stranger.agents.get(id)).rejects.toThrow(NotFoundError);
    await expect(stranger.agents.setLifecycle(id, "off")).rejects.toThrow(NotFoundError);
    expect((await asOwner.agents.get(id)).lifecycle_state).toBe("ready");
  });

  test("logs come in order, to followers until the next build, and not beyond their limit", async () => {
    const { view, id, workspace } = await open();
    const { agents } = view;
    const source = { id: LogSourceId.parse("3b579bf4-1ed8-4b99-87a8-e9a1e3410410"), displayName: "External", icon: "" };
    const unknown = agents.appendLogs(id, source.id, [{ level: "info", output: "x" }]);
    await expect(unknown).rejects.toMatchObject({ code: "invalid_input" });
    await agents.createLogSource(id, source);
    expect(await agents.createLogSource(id, { ...source, displayName: "Again" })).toMatchObject({ display_name: "External" });
    await agents.appendLogs(id, source.id, [
      { level: "info", output: "one" },
      { level: "error", output: "two\0" },
    ]);
    const seen: string[] = [];
    const following = (async () => {
      for await (const batch of agents.followLogs(id, { signal: AbortSignal.timeout(20_000) }))
        seen.push(...batch.map(({ output }) => output));
    })();
    const [third] = await agents.appendLogs(id, source.id, [{ level: "info", output: "three" }]);
    const tooMuch = [{ level: "info", output: "x".repeat(AGENT_LOG_LIMIT_BYTES) }] as const;
    await expect(agents.appendLogs(id, source.id, tooMuch)).rejects.toThrow(LogQuotaExceededError);
    await expect(agents.appendLogs(id, source.id, [{ level: "info", output: "small" }])).rejects.toThrow(LogQuotaExceededError);
    expect(await agents.get(id)).toMatchObject({ logs_overflowed: true, logs_length: "onetwo\u{FFFD}three".length + 2 });
    expect(await agents.logs(id, third?.id)).toEqual([]);
    await view.builds.create({ workspaceId: workspace.id, transition: "stop" });
    await following;
    expect(seen).toEqual(["one", "two\u{FFFD}", "three"]);
  });

  test("many lines keep their order, and empty ones are not free", async () => {
    const { view, id } = await open();
    const { agents } = view;
    const source = { id: LogSourceId.parse("3b579bf4-1ed8-4b99-87a8-e9a1e3410410"), displayName: "External", icon: "" };
    await agents.createLogSource(id, source);
    const lines = Array.from({ length: 450 }, (_, at) => ({ level: "info" as const, output: String(at) }));
    const written = await agents.appendLogs(id, source.id, lines);
    expect(written.map(({ output }) => output)).toEqual(lines.map(({ output }) => output));
    expect((await agents.logs(id)).map(({ output }) => output)).toEqual(lines.map(({ output }) => output));
    const empty = new Array<{ level: "info"; output: string }>(AGENT_LOG_LIMIT_BYTES).fill({ level: "info", output: "" });
    await expect(agents.appendLogs(id, source.id, empty)).rejects.toThrow(LogQuotaExceededError);
  });

  test("a scope without the owner's data refuses the owner's credentials openly, and still lets the agent work", async () => {
    const { store, id, workspace } = await open();
    const roles = await store.system.authentication.rolesOf(workspace.owner_id);
    const owner = { id: workspace.owner_id, roles: rolesOf(roles, () => {}), groups: [] };
    const ids = {
      agentId: id,
      workspaceId: workspace.id,
      templateId: workspace.template_id,
      templateVersionId: workspace.template_active_version_id,
      entitlement: { kind: "full" } as const,
    };
    const subject = agentSubject({ owner, ...ids, apiKeyScope: "no_user_data" }, () => {});
    const restricted = store.as(subject);
    await expect(restricted.gitSshKeys.getPair(workspace.owner_id)).rejects.toMatchObject({ code: "forbidden" });
    await expect(restricted.externalAuthLinks.find(workspace.owner_id, "none")).rejects.toMatchObject({ code: "forbidden" });
    await restricted.agents.setLifecycle(id, "ready");
    expect((await restricted.agents.manifest(id)).owner_username).toBe("milo");
    const full = store.as(agentSubject({ owner, ...ids, apiKeyScope: "all" }, () => {}));
    expect((await full.gitSshKeys.getPair(workspace.owner_id)).private_key).toContain("OPENSSH");
    expect(await full.externalAuthLinks.find(workspace.owner_id, "none")).toBeUndefined();
    const nobody = store.as(userSubject({ id: workspace.owner_id, roles: [], groups: [], scope: FULL_SCOPE }));
    await expect(nobody.agents.get(id)).rejects.toThrow(NotFoundError);
  });
}
