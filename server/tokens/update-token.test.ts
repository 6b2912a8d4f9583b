import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { BeyondGrantError, ForbiddenError, NotFoundError } from "../errors.ts";
import { HOUR, patch } from "./keys.fixture.ts";
import { DEFAULT_TOKEN_LIFETIMES } from "./lifetimes.ts";
import { updateToken } from "./update-token.ts";

const OPTIONS = { lifetimes: DEFAULT_TOKEN_LIFETIMES };

async function open() {
  const world = await openCommandWorld();
  const { id } = (await world.person("milo")).user;
  const session = await world.keyHolder(id);
  const token = await world.keyHolder(id, {
    loginType: "token",
    tokenName: "ci",
    scopes: ["workspace:*", "api_key:*"],
    mintedBy: session.key.id,
  });
  await world.entries();
  return { ...world, id, session, token };
}

test("what a change names is changed, and its lifetime counts from now", async () => {
  const { session, id, clock, entries } = await open();
  clock.advance(HOUR);
  const after = await updateToken(
    session.access,
    id,
    "ci",
    patch({ scopes: ["workspace:read"], lifetimeMs: HOUR, description: "new" }),
    OPTIONS,
  );
  expect(after).toMatchObject({ scopes: ["workspace:read"], description: "new", allow_list: ["*:*"], lifetime_seconds: 3_600 });
  expect([after.expires_at, after.updated_at]).toEqual([new Date(clock.now().getTime() + HOUR), clock.now()]);
  const [entry] = await entries();
  expect(Object.keys(entry?.diff ?? {}).toSorted()).toEqual(["description", "expires_at", "lifetime_seconds", "scopes"]);
});

test("keys below are narrowed with it, each with an entry of its own", async () => {
  const { session, id, token, keyHolder, entries, core } = await open();
  const ceiling = { key_id: token.key.id, scopes: ["workspace:*"], allow_list: ["*:*"], expires_at: token.key.expires_at.toISOString() };
  const child = await keyHolder(id, { loginType: "token", tokenName: "child", mintedBy: token.key.id, ceilings: [ceiling] });
  await updateToken(session.access, id, "ci", patch({ scopes: ["workspace:read"] }), OPTIONS);
  const stored = await core.db.selectFrom("api_keys").select("ceilings").where("id", "=", child.key.id).executeTakeFirst();
  expect(stored?.ceilings).toEqual([{ ...ceiling, scopes: ["workspace:read"] }]);
  expect(await entries()).toMatchObject([
    { resource_target: "ci" },
    { resource_target: "child", additional_fields: { narrowed_with: token.key.id } },
  ]);
});

test("a token narrows itself and does not widen itself, and the attempt is entered", async () => {
  const { token, id, entries } = await open();
  await updateToken(token.access, id, "ci", patch({ scopes: ["workspace:read", "api_key:*"] }), OPTIONS);
  await entries();
  await expect(updateToken(token.access, id, "ci", patch({ scopes: ["template:read"] }), OPTIONS)).rejects.toThrow(BeyondGrantError);
  expect(await entries()).toMatchObject([
    { action: "write", status_code: 403, additional_fields: { asked: { scopes: ["template:read"] } } },
  ]);
});

test("a key that may only be read is refused openly; a stranger's, a session and one that is not there are missing", async () => {
  const { session, id, owner, keyHolder } = await open();
  const reading = await keyHolder(id, { loginType: "token", tokenName: "reader", scopes: ["api_key:read"] });
  await expect(updateToken(reading.access, id, "ci", patch({ description: "" }), OPTIONS)).rejects.toThrow(ForbiddenError);
  await keyHolder(owner.user.id, { loginType: "token", tokenName: "foreign" });
  await expect(updateToken(session.access, owner.user.id, "foreign", patch({ description: "" }), OPTIONS)).rejects.toThrow(NotFoundError);
  for (const name of ["", "none"])
    await expect(updateToken(session.access, id, name, patch({ description: "" }), OPTIONS), name).rejects.toThrow(NotFoundError);
});
