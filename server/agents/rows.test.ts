import { expect, test } from "vitest";
import { openAgentWorld } from "#test/contracts/stored.ts";
import { LogSourceId } from "../ids.ts";
import { findLogSource, findLogs, insertLogSource, insertLogs } from "./rows.ts";

const SOURCE = LogSourceId.parse("11111111-0000-4000-8000-000000000001");

test("lines get growing numbers in their order, also where they fill several statements", async () => {
  const { world, id } = await openAgentWorld();
  const { core } = world;
  const made = { workspace_agent_id: id, id: SOURCE, display_name: "Mine", icon: "", created_at: core.now() };
  await insertLogSource(core.db, made);
  const lines = Array.from({ length: 405 }, (_, at) => ({ level: "info" as const, output: `${at}`, created_at: core.now() }));
  const inserted = await insertLogs(core.db, { agentId: id, sourceId: SOURCE }, lines);
  expect(inserted.map(({ output }) => output)).toEqual(lines.map(({ output }) => output));
  const numbers = inserted.map((line) => line.id);
  expect(numbers).toEqual(numbers.toSorted((left, right) => left - right));
  expect(await findLogs(core.db, id, numbers[403] ?? 0)).toMatchObject([{ output: "404" }]);
  expect(await insertLogs(core.db, { agentId: id, sourceId: SOURCE }, [])).toEqual([]);
});

test("a source that is made again stays the first", async () => {
  const { world, id } = await openAgentWorld();
  const { core } = world;
  const made = { workspace_agent_id: id, id: SOURCE, display_name: "Mine", icon: "", created_at: core.now() };
  await insertLogSource(core.db, made);
  await insertLogSource(core.db, { ...made, display_name: "Again" });
  expect((await findLogSource(core.db, id, SOURCE))?.display_name).toBe("Mine");
});
