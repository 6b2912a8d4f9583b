import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { BeyondGrantError, ForbiddenError } from "../errors.ts";
import { DEFAULT_TOKEN_LIFETIMES } from "./lifetimes.ts";
import { mintSessionKey } from "./mint-session-key.ts";

const OPTIONS = { lifetimes: { ...DEFAULT_TOKEN_LIFETIMES, defaultMs: 7_000 } };

test("a session makes a key as after a login, which lives as long as a token by default", async () => {
  const { person, keyHolder, entries } = await openCommandWorld();
  const { id } = (await person("milo")).user;
  const session = await keyHolder(id);
  await entries();
  const { key } = await mintSessionKey(session.access, id, OPTIONS);
  expect(key).toMatchObject({ login_type: "none", token_name: "", scopes: ["coder:all"], allow_list: ["*:*"], lifetime_seconds: 7 });
  expect([key.ceilings, key.minted_by]).toEqual([[], session.key.id]);
  expect(await entries()).toMatchObject([{ action: "create", additional_fields: { key_id: key.id, session: true } }]);
});

test("a token turns into no session, and nobody into somebody else, and both are entered", async () => {
  const { person, owner, keyHolder, entries } = await openCommandWorld();
  const { id } = (await person("milo")).user;
  const [session, token] = [await keyHolder(id), await keyHolder(id, { loginType: "token", tokenName: "all" })];
  await entries();
  await expect(mintSessionKey(token.access, id, OPTIONS)).rejects.toThrow(BeyondGrantError);
  await expect(mintSessionKey(session.access, owner.user.id, OPTIONS)).rejects.toThrow(ForbiddenError);
  expect(await entries()).toMatchObject([
    { status_code: 403, additional_fields: { user_id: id, asked: { session: true } } },
    { status_code: 403, additional_fields: { user_id: owner.user.id, asked: { session: true } } },
  ]);
});
