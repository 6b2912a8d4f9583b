import { describe, expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { OWNER_PASSWORD } from "#test/contracts/world.ts";
import { InvalidInputError, NotAllowedError, NotFoundError } from "../errors.ts";
import { changePassword, parsePasswordChange } from "./change-password.ts";

const field = (name: string) => expect.objectContaining({ fields: [expect.objectContaining({ field: name })] });

test("a request brings the new password, and the old one if it has it", () => {
  expect(parsePasswordChange({ password: OWNER_PASSWORD })).toEqual({ new: OWNER_PASSWORD });
  expect(parsePasswordChange({ password: OWNER_PASSWORD, old_password: "" })).toEqual({ new: OWNER_PASSWORD, old: "" });
  expect(() => parsePasswordChange({ password: "password" })).toThrow(field("password"));
});

describe("one's own password", () => {
  test("is changed with the old one, ends every key, and is entered without a value", async () => {
    const { owner, keyHolder, store, entries } = await openCommandWorld();
    const { id } = owner.user;
    const { access, secret } = await keyHolder(id);
    await changePassword(access, id, { new: "next", old: OWNER_PASSWORD });
    expect(await store.system.authentication.withApiKey(secret, { ipAddress: "" })).toBeUndefined();
    expect((await entries()).map(({ action, diff }) => [action, diff])).toEqual([
      ["write", { hashed_password: { old: "", new: "", secret: true } }],
    ]);
  });

  test("is refused without the old one, and when it is the same", async () => {
    const { owner } = await openCommandWorld();
    const { access, user } = owner;
    await expect(changePassword(access, user.id, { new: "next" })).rejects.toThrow(field("old_password"));
    await expect(changePassword(access, user.id, { new: "next", old: "wrong" })).rejects.toThrow(field("old_password"));
    await expect(changePassword(access, user.id, { new: OWNER_PASSWORD, old: OWNER_PASSWORD })).rejects.toThrow(field("password"));
  });

  test("needs a credential that stands for the whole user", async () => {
    const { owner, accessOf } = await openCommandWorld();
    const narrow = await accessOf(owner.user.id, { scopes: ["user:*"] });
    await expect(changePassword(narrow, owner.user.id, { new: "next", old: OWNER_PASSWORD })).rejects.toThrow(NotAllowedError);
  });
});

describe("another's password", () => {
  test("is as missing as the user for who may not change that", async () => {
    const { person, owner } = await openCommandWorld();
    const milo = await person("milo");
    await expect(changePassword(milo.access, owner.user.id, { new: "next" })).rejects.toThrow(NotFoundError);
  });

  test("is not set for who has roles that are not the caller's to give", async () => {
    const { person, owner } = await openCommandWorld();
    const una = await person("una", { roles: ["user-admin"] });
    await expect(changePassword(una.access, owner.user.id, { new: "next" })).rejects.toThrow(NotAllowedError);
    const admin = await person("ada", { memberRoles: ["organization-admin"] });
    await expect(changePassword(una.access, admin.user.id, { new: "next" })).rejects.toThrow(NotAllowedError);
  });

  test("is none where the user signs in in another way", async () => {
    const { person, owner } = await openCommandWorld();
    const milo = await person("milo");
    await expect(changePassword(owner.access, milo.user.id, { new: "next" })).rejects.toThrow(InvalidInputError);
  });
});
