import { describe, expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { storedAgent, storedTemplate, storedWorkspace } from "#test/contracts/stored.ts";
import { resourcesOfJob } from "../resources/read-resources.ts";
import { WORKSPACE_BUILD } from "./build-job.ts";
import { buildJson, workspaceJson } from "./json.ts";

async function open() {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const { access, user } = world.owner;
  const { workspace, build } = await storedWorkspace(world, { access, ownerId: user.id, template });
  const agentId = await storedAgent(world, { build, workspace });
  const resources = await resourcesOfJob(access, [WORKSPACE_BUILD], build.job.id);
  const shown = (more: Partial<typeof workspace> = {}) =>
    workspaceJson({ ...workspace, ...more }, buildJson(build, resources, world.clock.now()));
  return { world, workspace, build, resources, agentId, shown };
}

describe("a build's status", () => {
  for (const { transition, running, succeeded } of [
    { transition: "start", running: "starting", succeeded: "running" },
    { transition: "stop", running: "stopping", succeeded: "stopped" },
    { transition: "delete", running: "deleting", succeeded: "deleted" },
  ] as const)
    test(`of a ${transition} is ${running}, then ${succeeded}, or what became of its job`, async () => {
      const { build } = await open();
      const status = (job_status: typeof build.job.job_status) =>
        buildJson({ ...build, transition, job: { ...build.job, job_status } }, [], new Date()).status;
      expect(status("running")).toBe(running);
      expect(status("succeeded")).toBe(succeeded);
      for (const other of ["pending", "failed", "canceled", "canceling"] as const) expect(status(other)).toBe(other);
    });
});

test("a deletion that dormancy brought about has dormancy for a reason", async () => {
  const { build } = await open();
  expect(buildJson({ ...build, reason: "autodelete" }, [], new Date()).reason).toBe("dormancy");
  expect(buildJson({ ...build, reason: "cli" }, [], new Date()).reason).toBe("cli");
});

test("a workspace is healthy as long as its agents are, and outdated when the template has another version", async () => {
  const { world, workspace, build, resources, agentId, shown } = await open();
  expect(shown()).toMatchObject({ outdated: false, health: { healthy: true, failing_agents: [] }, dormant_at: null });
  const failed = resources.map((one) => ({
    ...one,
    agents: one.agents.map((agent) => ({ ...agent, lifecycle_state: "start_error" as const })),
  }));
  const sick = workspaceJson(workspace, buildJson(build, failed, world.clock.now()));
  expect(sick.health).toEqual({ healthy: false, failing_agents: [agentId] });
  const newer = await storedTemplate(world, { name: "other" });
  expect(shown({ template_active_version_id: newer.active_version_id }).outdated).toBe(true);
});

test("what is not set is left out, and automatic updates are always or never", async () => {
  const { shown } = await open();
  expect(shown()).not.toHaveProperty("ttl_ms");
  expect(shown({ ttl_ms: 60_000, autostart_schedule: "0 9 * * 1" })).toMatchObject({ ttl_ms: 60_000, autostart_schedule: "0 9 * * 1" });
  expect([shown({ automatic_updates: "always" }), shown({ automatic_updates: "perhaps" })].map((one) => one.automatic_updates)).toEqual([
    "always",
    "never",
  ]);
});
