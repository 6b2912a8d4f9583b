import { expect, test } from "vitest";
import { isSecret } from "#credentials/secret.ts";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { NameTakenError } from "../errors.ts";
import { insertApiKey, type NewApiKey } from "./key-rows.ts";

async function open() {
  const { core, owner } = await openCommandWorld();
  const key = { userId: owner.user.id, loginType: "token", scopes: ["coder:all"], allowList: ["*:*"], lifetimeSeconds: 60 } as const;
  return {
    core,
    insert: (more: Partial<NewApiKey> = {}) => core.write((tx) => insertApiKey(core, tx, { ...key, tokenName: "ci", ...more })),
  };
}

test("a key has a secret of its kind, which only its hash is kept of, and was never used", async () => {
  const { core, insert } = await open();
  const [token, session] = [await insert(), await insert({ loginType: "password", tokenName: "" })];
  expect(isSecret("token", token.secret.slice(11))).toBe(true);
  expect(isSecret("session", session.secret.slice(11))).toBe(true);
  expect(token.secret.slice(0, 11)).toBe(`${token.key.id}-`);
  expect(token.key).toMatchObject({ last_used: new Date(0), expires_at: new Date(core.now().getTime() + 60_000) });
  expect(token.key).not.toHaveProperty("hashed_secret");
});

test("an end of its own comes before the lifetime", async () => {
  const { insert } = await open();
  expect((await insert({ expiresAt: new Date(7) })).key).toMatchObject({ expires_at: new Date(7), lifetime_seconds: 60 });
});

test("a user's token has its name alone, and sessions have none", async () => {
  const { insert } = await open();
  await insert();
  await expect(insert()).rejects.toThrow(NameTakenError);
  await expect(insert()).rejects.toMatchObject({ field: "name" });
  await insert({ tokenName: "", loginType: "password" });
  await insert({ tokenName: "", loginType: "password" });
});

test("a key without a scope or a list is a bug, and none is made", async () => {
  const { insert } = await open();
  await expect(insert({ scopes: [] })).rejects.toThrow(RangeError);
  await expect(insert({ allowList: [] })).rejects.toThrow(RangeError);
});
