import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { storedTemplate } from "#test/contracts/stored.ts";
import { ForbiddenError, NameTakenError, NotFoundError } from "../errors.ts";
import { updateTemplate } from "./update-template.ts";

test("what is named is changed, and the entry shows it", async () => {
  const world = await openCommandWorld();
  const { id } = await storedTemplate(world);
  await world.entries();
  world.clock.advance(1_000);
  const after = await updateTemplate(world.owner.access, id, { display_name: "Dev", default_ttl_ms: 60_000 });
  expect(after).toMatchObject({ name: "dev", display_name: "Dev", default_ttl_ms: 60_000, updated_at: world.clock.now() });
  expect((await world.entries()).map(({ diff }) => Object.keys(diff).toSorted())).toEqual([["default_ttl_ms", "display_name"]]);
});

test("it is refused openly to who may use it, hidden from who may not read it, and a taken name is told", async () => {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const hidden = await storedTemplate(world, { name: "hidden", hiddenFromEveryone: true });
  const { access } = await world.person("milo");
  await expect(updateTemplate(access, template.id, { icon: "/x.png" })).rejects.toThrow(ForbiddenError);
  await expect(updateTemplate(access, hidden.id, { icon: "/x.png" })).rejects.toThrow(NotFoundError);
  await expect(updateTemplate(world.owner.access, template.id, { name: "HIDDEN" })).rejects.toThrow(NameTakenError);
});
