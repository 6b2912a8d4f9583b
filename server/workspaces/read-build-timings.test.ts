import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { TimingState } from "#proto/gen/provisioner_pb.js";
import { serveDaemons } from "#test/contracts/daemon.ts";
import { newSqlite } from "#test/contracts/databases.ts";
import { machine, makeTemplate, tokenAgent } from "#test/contracts/template.ts";
import { openWorld } from "#test/contracts/world.ts";
import { NotFoundError } from "../errors.ts";

const at = (ms: number): string => new Date(ms).toISOString();

/** A running workspace with two agents, one of which has a script, and what its start took. */
async function open() {
  const world = await openWorld(newSqlite);
  const daemon = (await serveDaemons(world)).daemon();
  const template = await makeTemplate(world, daemon);
  const { user, view } = await world.member("milo");
  const { build } = await view.workspaces.create({ ownerId: user.id, templateId: template.id, name: "ws", parameters: [] });
  const job = await daemon.acquire();
  if (job === undefined) throw new Error("no build to do");
  const spent = { source: "null", action: "create", resource: "null_resource.machine", state: TimingState.COMPLETED };
  const timings = [
    { ...spent, stage: "apply", start: timestampFromMs(3_000), end: timestampFromMs(4_000) },
    { ...spent, stage: "plan", start: timestampFromMs(1_000), end: timestampFromMs(2_000) },
  ];
  const first = { ...tokenAgent("first"), scripts: [{ displayName: "Start", script: "x" }] };
  const value = { state: Buffer.from("{}"), resources: [machine(first, tokenAgent("second"))], timings };
  await daemon.client.completeJob({ jobId: job.jobId, type: { case: "workspaceBuild", value } }, daemon.options);
  const [resource] = await view.resources.ofJob(build.job.id);
  const agent = resource?.agents.find(({ name }) => name === "first");
  const script = agent?.scripts[0];
  if (agent === undefined || script === undefined) throw new Error("the build has no agent with a script");
  return { ...world, view, build, agent, script };
}

test("a build's timings are Terraform's steps, the scripts of its agents, and each agent's way to its first connection", async () => {
  const { view, build, agent, script, clock } = await open();
  clock.advance(1_500);
  await view.agents.markConnected(agent.id);
  await view.agents.recordScriptTiming(agent.id, {
    script_id: script.id,
    stage: "start",
    status: "exit_failure",
    exit_code: 7,
    started_at: new Date(5_000),
    ended_at: new Date(6_000),
  });
  const step = { job_id: build.job.id, source: "null", action: "create", resource: "null_resource.machine" };
  const ofAgent = { workspace_agent_id: agent.id, workspace_agent_name: "first" };
  expect(await view.builds.timings(build.id)).toEqual({
    provisioner_timings: [
      { ...step, stage: "plan", started_at: at(1_000), ended_at: at(2_000) },
      { ...step, stage: "apply", started_at: at(3_000), ended_at: at(4_000) },
    ],
    agent_script_timings: [
      {
        ...ofAgent,
        display_name: "Start",
        stage: "start",
        status: "exit_failure",
        exit_code: 7,
        started_at: at(5_000),
        ended_at: at(6_000),
      },
    ],
    // The second agent has not connected yet.
    agent_connection_timings: [
      { ...ofAgent, stage: "connect", started_at: agent.created_at.toISOString(), ended_at: clock.now().toISOString() },
    ],
  });
});

test("whoever may not see the workspace learns nothing of its builds' timings", async () => {
  const { build, member } = await open();
  const { view: stranger } = await member("mona");
  await expect(stranger.builds.timings(build.id)).rejects.toThrow(NotFoundError);
});
