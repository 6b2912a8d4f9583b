import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { ForbiddenError, NameTakenError, NotFoundError } from "../errors.ts";
import { parseProfile, updateProfile } from "./update-profile.ts";

test("a request names the user anew, with a picture if it has one", () => {
  expect(parseProfile({ username: "ann" })).toEqual({ username: "ann", name: "" });
  expect(parseProfile({ username: "ann", name: "Ann", avatar_url: "/a.png" })).toEqual({
    username: "ann",
    name: "Ann",
    avatarUrl: "/a.png",
  });
  const wrong = ["username", "name", "avatar_url"].map((field) => expect.objectContaining({ field }));
  const parse = () => parseProfile({ username: "a b", name: " ", avatar_url: "javascript:x" });
  expect(parse).toThrow(expect.objectContaining({ fields: wrong }));
});

test("a user changes itself, and what is left out stays", async () => {
  const { person, clock, entries } = await openCommandWorld();
  const { user, access } = await person("milo");
  await entries();
  clock.advance(1_000);
  const after = await updateProfile(access, user.id, { name: "Milo", avatarUrl: "/m.png" });
  expect(after).toMatchObject({ username: "milo", name: "Milo", avatar_url: "/m.png", updated_at: clock.now() });
  expect((await entries()).map(({ diff }) => Object.keys(diff))).toEqual([["name", "avatar_url"]]);
});

test("a name that is taken in any letter case is refused, and one's own in another is not", async () => {
  const { person } = await openCommandWorld();
  const { user, access } = await person("milo");
  await expect(updateProfile(access, user.id, { username: "OLIVE" })).rejects.toThrow(NameTakenError);
  expect((await updateProfile(access, user.id, { username: "Milo" })).username).toBe("Milo");
});

test("who may see a user and no more is refused openly, and others find nobody", async () => {
  const { person } = await openCommandWorld();
  const [milo, audrey] = [await person("milo"), await person("audrey", { roles: ["auditor"] })];
  await expect(updateProfile(audrey.access, milo.user.id, { name: "M" })).rejects.toThrow(ForbiddenError);
  await expect(updateProfile(milo.access, audrey.user.id, { name: "A" })).rejects.toThrow(NotFoundError);
});
