import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { ForbiddenError, NotFoundError } from "../errors.ts";
import { findLink, listLinks } from "./read-links.ts";

test("whether there is a link is told only to who may read what is personal", async () => {
  const { person, owner, accessOf } = await openCommandWorld();
  const milo = await person("milo");
  expect([await findLink(milo.access, milo.user.id, "none"), await listLinks(milo.access, milo.user.id)]).toEqual([undefined, []]);
  const narrow = await accessOf(milo.user.id, { scopes: ["user:read"] });
  for (const { access, id, kind } of [
    { access: narrow, id: milo.user.id, kind: ForbiddenError },
    { access: milo.access, id: owner.user.id, kind: NotFoundError },
  ]) {
    await expect(findLink(access, id, "none")).rejects.toThrow(kind);
    await expect(listLinks(access, id)).rejects.toThrow(kind);
  }
});
