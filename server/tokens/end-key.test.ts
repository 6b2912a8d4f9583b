import { describe, expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { ForbiddenError, NotFoundError } from "../errors.ts";
import { deleteKey, expireKey } from "./end-key.ts";
import { getKey } from "./read-tokens.ts";

/** Milo's session, a token that it minted, and one that the token minted. */
async function open() {
  const world = await openCommandWorld();
  const { id } = (await world.person("milo")).user;
  const session = await world.keyHolder(id);
  const top = await world.keyHolder(id, { loginType: "token", tokenName: "top", mintedBy: session.key.id });
  const child = await world.keyHolder(id, { loginType: "token", tokenName: "child", mintedBy: top.key.id });
  await world.entries();
  const isThere = (key: string) =>
    getKey(session.access, key).then(
      () => true,
      () => false,
    );
  return { ...world, id, session, top, child, isThere };
}

describe("expiring", () => {
  test("ends a token and what it minted now, keeps the rows, and enters each", async () => {
    const { session, top, child, clock, entries } = await open();
    clock.advance(1_000);
    await expireKey(session.access, top.key.id);
    for (const { key } of [top, child]) expect((await getKey(session.access, key.id)).expires_at).toEqual(clock.now());
    expect(await entries()).toMatchObject([
      { action: "write", resource_target: "top", additional_fields: { expired: true } },
      { action: "write", resource_target: "child", additional_fields: { expired: true, ended_with: top.key.id } },
    ]);
  });

  test("a key again changes nothing and enters nothing", async () => {
    const { session, top, entries } = await open();
    await expireKey(session.access, top.key.id);
    await entries();
    await expireKey(session.access, top.key.id);
    expect(await entries()).toEqual([]);
  });
});

describe("deleting", () => {
  test("a token deletes what it minted, unless it should not: then that is its maker's", async () => {
    const { session, top, child, isThere } = await open();
    await deleteKey(session.access, top.key.id, { cascade: false });
    expect((await getKey(session.access, child.key.id)).minted_by).toBe(session.key.id);
    await deleteKey(session.access, child.key.id);
    expect([await isThere(top.key.id), await isThere(child.key.id)]).toEqual([false, false]);
  });

  test("a session leaves what it minted, unless it should not", async () => {
    const { session, top, child, isThere, keyHolder, id } = await open();
    const other = await keyHolder(id);
    await deleteKey(other.access, session.key.id);
    expect(await isThere(top.key.id)).toBe(true);
    await deleteKey(other.access, top.key.id, { cascade: true });
    expect(await isThere(child.key.id)).toBe(false);
  });
});

test("a key that may only be read is refused openly; another user's, and one that is not there, are missing", async () => {
  const { top, id, owner, keyHolder, session, accessOf } = await open();
  const reading = await accessOf(id, { scopes: ["api_key:read"] });
  const foreign = await keyHolder(owner.user.id);
  for (const end of [expireKey, deleteKey]) {
    await expect(end(reading, top.key.id)).rejects.toThrow(ForbiddenError);
    await expect(end(session.access, foreign.key.id)).rejects.toThrow(NotFoundError);
    await expect(end(session.access, "0000000000")).rejects.toThrow(NotFoundError);
    await expect(end(owner.access, top.key.id, { userId: owner.user.id })).rejects.toThrow(NotFoundError);
  }
});
