import { expect, test } from "vitest";
import { UserId } from "#server/ids.ts";
import { sharesWith } from "./decide-cells.ts";
import { openMatrixWorld } from "./matrix-world.ts";
import { paperScene } from "./paper-scene.ts";

test("on paper, callers have the roles and templates the shares that a database gives them", async () => {
  const world = await openMatrixWorld();
  const { authentication, core } = world.world.store.system;
  const paper = paperScene();
  const names = new Map([world, paper].flatMap(({ home, far }) => [home, far]).map(({ id, name }) => [id, name]));
  const named = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value), (_, text: unknown) => (typeof text === "string" ? (names.get(text) ?? text) : text));
  for (const caller of ["mia", "olive"] as const)
    expect(named(await authentication.rolesOf(UserId.parse(world[caller].id))), caller).toMatchObject(named(paper.roles[caller]));
  const acls = await core.db.selectFrom("templates").select(["name", "user_acl", "group_acl"]).orderBy("name").execute();
  expect(acls).toEqual([
    { name: "hidden", user_acl: {}, group_acl: {} },
    { name: "shared", user_acl: {}, group_acl: sharesWith(world.home.id) },
  ]);
  for (const name of ["olive", "mia", "finn"] as const) expect(world[name].organizations, name).toEqual(paper[name].organizations);
});
