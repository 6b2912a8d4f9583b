import { expect, test } from "vitest";
import { openAgentWorld } from "#test/contracts/stored.ts";
import { ForbiddenError, NotFoundError } from "../errors.ts";
import { LogSourceId } from "../ids.ts";
import { createLogSource } from "./create-log-source.ts";

const SOURCE = { id: LogSourceId.parse("11111111-0000-4000-8000-000000000001"), displayName: "Mine", icon: "/a.png" };

test("a source is made once: the same id again gives the first", async () => {
  const { access, id } = await openAgentWorld();
  const made = await createLogSource(access, id, SOURCE);
  expect(made).toMatchObject({ id: SOURCE.id, display_name: "Mine", icon: "/a.png", workspace_agent_id: id });
  expect(await createLogSource(access, id, { ...SOURCE, displayName: "Again" })).toEqual(made);
});

test("who may only look is refused openly, and a stranger finds no agent", async () => {
  const { world, user, id } = await openAgentWorld();
  const looking = await world.accessOf(user.id, { scopes: ["workspace:read"] });
  await expect(createLogSource(looking, id, SOURCE)).rejects.toThrow(ForbiddenError);
  await expect(createLogSource((await world.person("mona")).access, id, SOURCE)).rejects.toThrow(NotFoundError);
});
