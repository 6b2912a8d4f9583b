import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { insertFile } from "./rows.ts";

test("the same bytes keep their first id for one user, and for the server itself", async () => {
  const { core, owner, person } = await openCommandWorld();
  const { id } = (await person("milo")).user;
  const insert = (createdBy: typeof id | null, text = "a tar archive") =>
    core.write((tx) => insertFile(core, tx, { createdBy, mimetype: "application/x-tar", data: Buffer.from(text) }));
  const makers = [owner.user.id, id, null];
  const first = [];
  for (const maker of makers) first.push(await insert(maker));
  expect(new Set(first.map((file) => file.id)).size).toBe(3);
  for (const [at, maker] of makers.entries()) expect(await insert(maker)).toEqual({ id: first[at]?.id, created: false });
  expect((await insert(null, "other")).created).toBe(true);
});
