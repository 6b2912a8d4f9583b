import { expect, test } from "vitest";
import { openAgentWorld } from "#test/contracts/stored.ts";
import { getAgent } from "./read-agent.ts";
import { reportMetadata } from "./report-metadata.ts";

test("values are kept with their time, cleaned, and one that the agent does not collect is left out", async () => {
  const { world, access, id } = await openAgentWorld();
  const collectedAt = new Date(1_000);
  await reportMetadata(access, id, [
    { key: "load", value: "0.5\0", error: "half\ud800", collectedAt },
    { key: "unknown", value: "x", error: "", collectedAt },
  ]);
  expect((await getAgent(access, id)).metadata).toMatchObject([
    { key: "load", value: "0.5\u{FFFD}", error: "half\u{FFFD}", collected_at: collectedAt },
  ]);
  expect(world.events()).toEqual([{ kind: "agent_metadata", agentId: id }]);
});
