import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { ForbiddenError, NotFoundError } from "../errors.ts";
import { getAppearance } from "./read-users.ts";
import { setAppearance } from "./set-appearance.ts";

const DARK = { theme_preference: "dark", theme_mode: "", theme_light: "", theme_dark: "", terminal_font: "" } as const;

test("what a user chose replaces what the user chose before, and is nobody else's", async () => {
  const { person, owner } = await openCommandWorld();
  const { user, access } = await person("milo");
  expect(await getAppearance(access, user.id)).toBeUndefined();
  await setAppearance(access, user.id, DARK);
  await setAppearance(access, user.id, { ...DARK, theme_preference: "light" });
  expect(await getAppearance(access, user.id)).toEqual({ ...DARK, theme_preference: "light" });
  expect(await getAppearance(owner.access, owner.user.id)).toBeUndefined();
});

test("who may see a user and no more is refused openly, and others find nobody", async () => {
  const { person } = await openCommandWorld();
  const [milo, audrey] = [await person("milo"), await person("audrey", { roles: ["auditor"] })];
  await expect(setAppearance(audrey.access, milo.user.id, DARK)).rejects.toThrow(ForbiddenError);
  await expect(setAppearance(milo.access, audrey.user.id, DARK)).rejects.toThrow(NotFoundError);
});
