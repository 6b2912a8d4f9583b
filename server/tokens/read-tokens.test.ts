import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { NotFoundError } from "../errors.ts";
import { getKey, getToken, listTokens } from "./read-tokens.ts";

async function open() {
  const world = await openCommandWorld();
  const milo = await world.person("milo");
  const { id } = milo.user;
  const session = await world.keyHolder(id);
  const token = await world.keyHolder(id, { loginType: "token", tokenName: "ci", lifetimeSeconds: 60 });
  const foreign = await world.keyHolder(world.owner.user.id, { loginType: "token", tokenName: "ci" });
  return { ...world, id, milo: milo.access, session, token, foreign };
}

test("a key is found by its id, of the user whom it is asked of", async () => {
  const { milo, id, session, token, owner, foreign } = await open();
  expect((await getKey(milo, session.key.id)).id).toBe(session.key.id);
  expect((await getKey(milo, token.key.id, { userId: id })).token_name).toBe("ci");
  await expect(getKey(owner.access, token.key.id, { userId: owner.user.id })).rejects.toThrow(NotFoundError);
  await expect(getKey(milo, foreign.key.id)).rejects.toThrow(NotFoundError);
});

test("a token is found by its user and its name, and a session by none", async () => {
  const { milo, id, token, owner } = await open();
  expect((await getToken(milo, id, "ci")).id).toBe(token.key.id);
  for (const [user, name] of [
    [id, ""],
    [id, "CI"],
    [owner.user.id, "ci"],
  ] as const)
    await expect(getToken(milo, user, name), name).rejects.toThrow(NotFoundError);
});

test("a list holds tokens that have not ended, of one user or of all whom the caller may see", async () => {
  const { milo, id, owner, clock } = await open();
  const names = async (access: typeof milo, filter: Parameters<typeof listTokens>[1]) =>
    (await listTokens(access, filter)).map(({ username, token_name }) => `${username} ${token_name}`);
  expect(await names(milo, {})).toEqual(["milo ci"]);
  expect((await names(owner.access, {})).toSorted()).toEqual(["milo ci", "olive ci"]);
  expect(await names(owner.access, { userId: id })).toEqual(["milo ci"]);
  clock.advance(60_000);
  expect([await names(milo, {}), await names(milo, { includeExpired: true })]).toEqual([[], ["milo ci"]]);
});
