import { describe, expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { BeyondGrantError, CredentialEndedError, ForbiddenError, NameTakenError, NotFoundError } from "../errors.ts";
import { UserId } from "../ids.ts";
import { deleteKey } from "./end-key.ts";
import { HOUR, wish } from "./keys.fixture.ts";
import { DEFAULT_TOKEN_LIFETIMES } from "./lifetimes.ts";
import { mintToken } from "./mint-token.ts";

const OPTIONS = { lifetimes: DEFAULT_TOKEN_LIFETIMES };

async function open() {
  const world = await openCommandWorld();
  const { id } = (await world.person("milo")).user;
  const session = await world.keyHolder(id);
  await world.entries();
  return { ...world, id, session };
}

test("a token is what was wished for, remembers who minted it, and works", async () => {
  const { id, session, store, entries, clock } = await open();
  const made = await mintToken(session.access, id, wish({ name: "ci", scopes: ["workspace:read"], lifetimeMs: HOUR }), OPTIONS);
  expect(made.key).toMatchObject({ token_name: "ci", login_type: "token", scopes: ["workspace:read"], minted_by: session.key.id });
  expect(made.key).toMatchObject({ lifetime_seconds: 3_600, expires_at: new Date(clock.now().getTime() + HOUR) });
  expect((await store.system.authentication.withApiKey(made.secret, { ipAddress: "" }))?.key.id).toBe(made.key.id);
  const [entry] = await entries();
  expect(entry).toMatchObject({ action: "create", resource_type: "api_key", resource_target: "ci", api_key_id: session.key.id });
  expect(JSON.stringify(entry)).not.toContain(made.secret.slice(11));
});

test("a boundary that was wished for is stored with the token", async () => {
  const { id, session } = await open();
  const boundary = { scopes: ["workspace:read"], allow_list: null, expires_at: null };
  expect((await mintToken(session.access, id, wish({ boundary }), OPTIONS)).key.boundary).toEqual(boundary);
  expect((await mintToken(session.access, id, wish(), OPTIONS)).key.boundary).toBeNull();
});

describe("a name", () => {
  test("is given to who names none, and taken once a user", async () => {
    const { id, session, owner, keyHolder } = await open();
    const unnamed = await mintToken(session.access, id, wish(), OPTIONS);
    expect(unnamed.key.token_name).toMatch(/^[a-z]+-[a-z]+$/);
    await mintToken(session.access, id, wish({ name: "ci" }), OPTIONS);
    await expect(mintToken(session.access, id, wish({ name: "ci" }), OPTIONS)).rejects.toThrow(NameTakenError);
    await expect(mintToken(session.access, id, wish({ name: "ci" }), OPTIONS)).rejects.toThrow(/already exists$/);
    const other = await keyHolder(owner.user.id);
    expect((await mintToken(other.access, owner.user.id, wish({ name: "ci" }), OPTIONS)).key.token_name).toBe("ci");
  });
});

test("a name that a token keeps which has expired is named with the way to free it", async () => {
  const { id, session, core } = await open();
  const { key } = await mintToken(session.access, id, wish({ name: "nightly" }), OPTIONS);
  await core.db
    .updateTable("api_keys")
    .set({ expires_at: new Date("2020-01-31T12:00:00Z") })
    .where("id", "=", key.id)
    .execute();
  const again = mintToken(session.access, id, wish({ name: "nightly" }), OPTIONS);
  await expect(again).rejects.toThrow(
    `a token with name "nightly" already exists: it expired at 2020-01-31T12:00:00Z, and \`proviso tokens remove ${key.id} --delete\` frees its name`,
  );
  await deleteKey(session.access, key.id);
  expect((await mintToken(session.access, id, wish({ name: "nightly" }), OPTIONS)).key.token_name).toBe("nightly");
});

describe("a refusal is entered with what was asked for:", () => {
  test("more than the minting token may hand on", async () => {
    const { id, keyHolder, entries } = await open();
    const narrow = await keyHolder(id, { loginType: "token", tokenName: "narrow", scopes: ["api_key:create", "workspace:read"] });
    const minted = mintToken(narrow.access, id, wish({ name: "wide", scopes: ["workspace:start"] }), OPTIONS);
    await expect(minted).rejects.toThrow(BeyondGrantError);
    expect(await entries()).toMatchObject([
      {
        action: "create",
        status_code: 403,
        resource_target: "wide",
        additional_fields: { user_id: id, asked: { scopes: ["workspace:start"] } },
      },
    ]);
  });

  test("a token for somebody else", async () => {
    const { session, owner, entries } = await open();
    await expect(mintToken(session.access, owner.user.id, wish(), OPTIONS)).rejects.toThrow(ForbiddenError);
    expect(await entries()).toMatchObject([{ status_code: 403, additional_fields: { user_id: owner.user.id } }]);
  });
});

test("a key that has ended since it was shown mints nothing, and nobody gets a token who is not there", async () => {
  const { session, id, core, owner, keyHolder } = await open();
  await core.db.deleteFrom("api_keys").where("id", "=", session.key.id).execute();
  await expect(mintToken(session.access, id, wish(), OPTIONS)).rejects.toThrow(CredentialEndedError);
  const asOwner = (await keyHolder(owner.user.id)).access;
  const nobody = UserId.parse("5ca1ab1e-0000-4000-8000-000000000000");
  await expect(mintToken(asOwner, nobody, wish(), OPTIONS)).rejects.toThrow(NotFoundError);
});

test("a boundary that lets a token hand on what it may not do itself is entered with each use", async () => {
  const { id, keyHolder, entries } = await open();
  const boundary = { scopes: ["workspace:read"], allow_list: ["*:*"], expires_at: null };
  const minter = await keyHolder(id, { loginType: "token", tokenName: "minter", scopes: ["api_key:create"], boundary });
  const made = await mintToken(minter.access, id, wish({ name: "child", scopes: ["workspace:read"] }), OPTIONS);
  expect(made.key.ceilings).toMatchObject([{ key_id: minter.key.id, scopes: ["workspace:read"] }]);
  expect((await entries()).map(({ additional_fields }) => additional_fields.boundary_used)).toMatchObject([{ scopes: ["workspace:read"] }]);
});
