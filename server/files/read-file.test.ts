import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { pushedVersion, storedTemplate } from "#test/contracts/stored.ts";
import { NotFoundError } from "../errors.ts";
import { FileId } from "../ids.ts";
import { getFile } from "./read-file.ts";

test("a file is for who uploaded it, and for whoever reads a template that was made of it", async () => {
  const world = await openCommandWorld();
  const { file_id } = (await pushedVersion(world)).job;
  const id = FileId.parse(file_id);
  const { access } = await world.person("milo");
  expect((await getFile(world.owner.access, id)).data.length).toBeGreaterThan(0);
  await expect(getFile(access, id)).rejects.toThrow(NotFoundError);
  await storedTemplate(world, { name: "hidden", hiddenFromEveryone: true });
  await expect(getFile(access, id)).rejects.toThrow(NotFoundError);
  await storedTemplate(world);
  expect((await getFile(access, id)).id).toBe(id);
  await expect(getFile(access, FileId.parse("5ca1ab1e-0000-4000-8000-000000000000"))).rejects.toThrow(NotFoundError);
});
