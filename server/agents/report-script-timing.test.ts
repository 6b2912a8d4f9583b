import { expect, test } from "vitest";
import { openAgentWorld } from "#test/contracts/stored.ts";
import { NotFoundError } from "../errors.ts";
import { ScriptId } from "../ids.ts";
import { getAgent } from "./read-agent.ts";
import { reportScriptTiming } from "./report-script-timing.ts";

test("a run is kept once, and only of a script of the agent's own", async () => {
  const { world, access, id } = await openAgentWorld();
  const [script] = (await getAgent(access, id)).scripts;
  if (script === undefined) throw new Error("the agent has a script");
  const times = { started_at: new Date(1_000), ended_at: new Date(2_000) };
  const timing = { script_id: script.id, stage: "start", status: "ok", exit_code: 0, ...times } as const;
  await reportScriptTiming(access, id, timing);
  await reportScriptTiming(access, id, { ...timing, exit_code: 7 });
  expect(await world.core.db.selectFrom("workspace_agent_script_timings").selectAll().execute()).toEqual([timing]);
  const foreign = ScriptId.parse("5ca1ab1e-0000-4000-8000-000000000000");
  await expect(reportScriptTiming(access, id, { ...timing, script_id: foreign })).rejects.toThrow(NotFoundError);
});
