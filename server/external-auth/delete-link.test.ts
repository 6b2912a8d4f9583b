import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { NotFoundError } from "../errors.ts";
import { deleteLink } from "./delete-link.ts";
import { putLink } from "./put-link.ts";
import { listLinks } from "./read-links.ts";

test("a link is deleted once, with one entry, and the others stay", async () => {
  const { person, entries } = await openCommandWorld();
  const { user, access } = await person("milo");
  const link = { user_id: user.id, access_token: "at", refresh_token: undefined, expires_at: undefined, extra: undefined };
  for (const provider_id of ["git", "hub"]) await putLink(access, { ...link, provider_id });
  await entries();
  await deleteLink(access, user.id, "git");
  await deleteLink(access, user.id, "git");
  expect((await listLinks(access, user.id)).map(({ provider_id }) => provider_id)).toEqual(["hub"]);
  expect(await entries()).toMatchObject([{ action: "delete", resource_type: "external_auth_link", resource_target: "git" }]);
});

test("a stranger's is as missing as the stranger", async () => {
  const { person, owner } = await openCommandWorld();
  const milo = await person("milo");
  await expect(deleteLink(milo.access, owner.user.id, "git")).rejects.toThrow(NotFoundError);
});
