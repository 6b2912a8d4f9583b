import { describe, expect, test } from "vitest";
import { openAgentWorld } from "#test/contracts/stored.ts";
import { getAgent } from "../agents/read-agent.ts";
import { agentJson } from "./agent-json.ts";
import type { AgentDetails } from "./agent-rows.ts";

async function open() {
  const { access, id } = await openAgentWorld({ connectionTimeoutSeconds: 60 });
  const agent = await getAgent(access, id);
  const at = (seconds: number) => new Date(agent.created_at.getTime() + seconds * 1_000);
  const json = (more: Partial<AgentDetails>, seconds: number) => agentJson({ ...agent, ...more }, at(seconds));
  return { at, json };
}

describe("an agent's status", () => {
  test("is connecting, and after its time a timeout, unless it may take any", async () => {
    const { json } = await open();
    expect([json({}, 60).status, json({}, 61).status, json({ connection_timeout_seconds: 0 }, 9_999).status]).toEqual([
      "connecting",
      "timeout",
      "connecting",
    ]);
  });

  test("is connected for three missed reports, and disconnected afterward or when it said goodbye", async () => {
    const { json, at } = await open();
    const connected = { first_connected_at: at(1), last_connected_at: at(10) };
    expect([json(connected, 40).status, json(connected, 41).status]).toEqual(["connected", "disconnected"]);
    // The clock was set back by an hour since the last report.
    expect(json(connected, 10 - 3_600).status).toBe("disconnected");
    expect(json({ ...connected, disconnected_at: at(10) }, 11).status).toBe("disconnected");
    expect(json({ ...connected, disconnected_at: at(9) }, 11).status).toBe("connected");
  });
});

test("an agent is healthy while it is on its way, and says why when it is not", async () => {
  const { json, at } = await open();
  const connected = { first_connected_at: at(1), last_connected_at: at(10) };
  const healthy = (lifecycle_state: AgentDetails["lifecycle_state"]) => json({ ...connected, lifecycle_state }, 11).health;
  for (const state of ["created", "starting", "ready", "start_timeout"] as const) expect(healthy(state), state).toEqual({ healthy: true });
  for (const state of ["start_error", "shutting_down", "shutdown_timeout", "shutdown_error"] as const)
    expect(healthy(state), state).toEqual({ healthy: false, reason: expect.stringMatching(/\w+ \w+/) });
  expect(json({ lifecycle_state: "off" }, 1).health.healthy).toBe(false);
  expect([json({}, 99).health.healthy, json(connected, 99).health.healthy]).toEqual([false, false]);
});

test("what is empty is left out, and what nobody knows too", async () => {
  const { json, at } = await open();
  const bare = json({ directory: "", expanded_directory: "", subsystems: ["envbox", "hologram"] }, 1);
  for (const key of ["directory", "expanded_directory", "first_connected_at", "instance_id"]) expect(bare, key).not.toHaveProperty(key);
  expect(bare.subsystems).toEqual(["envbox"]);
  expect(json({ first_connected_at: at(1), directory: "/w" }, 1)).toMatchObject({
    directory: "/w",
    first_connected_at: at(1).toISOString(),
  });
  expect(bare.apps?.[0]).toMatchObject({ slug: "web", healthcheck: { url: "http://localhost", interval: 5, threshold: 3 } });
  expect(bare.apps?.[0]).not.toHaveProperty("url");
});

test("a start script that logins wait for makes the start blocking, and times are in nanoseconds", async () => {
  const { access, id } = await openAgentWorld({ scripts: [{ displayName: "Start", startBlocksLogin: true, timeoutSeconds: 3 }] });
  const json = agentJson(await getAgent(access, id), new Date());
  expect([json.startup_script_behavior, json.scripts?.[0]?.timeout]).toEqual(["blocking", 3_000_000_000]);
});
