import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { ForbiddenError, NotFoundError } from "../errors.ts";
import { deleteLink } from "./delete-link.ts";
import { putLink } from "./put-link.ts";
import { findLink, listLinks } from "./read-links.ts";

async function open() {
  const world = await openCommandWorld();
  const milo = await world.person("milo");
  const link = {
    provider_id: "git",
    user_id: milo.user.id,
    access_token: "at",
    refresh_token: undefined,
    expires_at: undefined,
    extra: undefined,
  };
  await world.entries();
  return { ...world, milo, link };
}

test("a link is made, then replaced since when it was made, and both are entered without a token", async () => {
  const { milo, link, clock, entries } = await open();
  const made = clock.now();
  await putLink(milo.access, link);
  clock.advance(1_000);
  await putLink(milo.access, { ...link, access_token: "next" });
  const found = await findLink(milo.access, milo.user.id, "git");
  expect(found).toMatchObject({ access_token: "next", created_at: made, updated_at: clock.now() });
  const written = await entries();
  expect(written.map(({ action, diff }) => [action, diff.oauth_access_token])).toEqual([
    ["create", { old: "", new: "", secret: true }],
    ["write", { old: "", new: "", secret: true }],
  ]);
});

test("a user's links come by provider, and are nobody else's", async () => {
  const { milo, link, owner } = await open();
  for (const provider_id of ["hub", "bucket"]) await putLink(milo.access, { ...link, provider_id });
  expect((await listLinks(milo.access, milo.user.id)).map(({ provider_id }) => provider_id)).toEqual(["bucket", "hub"]);
  expect(await findLink(owner.access, owner.user.id, "hub")).toBeUndefined();
});

test("who may see a user and no more is refused openly, and others find nobody", async () => {
  const { milo, link, person } = await open();
  const audrey = await person("audrey", { roles: ["auditor"] });
  await expect(putLink(audrey.access, link)).rejects.toThrow(ForbiddenError);
  await expect(putLink(milo.access, { ...link, user_id: audrey.user.id })).rejects.toThrow(NotFoundError);
  await expect(deleteLink(audrey.access, milo.user.id, "git")).rejects.toThrow(ForbiddenError);
});
