import { expect, test } from "vitest";
import { decide } from "#authz/decide.ts";
import { apiKeyObject } from "#authz/object.ts";
import type { User } from "#server/access/person-rows.ts";
import type { ApiKey } from "#server/access/used-key-rows.ts";
import { BeyondGrantError, CredentialEndedError, ForbiddenError, NameTakenError, NotFoundError } from "#server/errors.ts";
import { UserId } from "#server/ids.ts";
import { boundaryOf, ceilingOf } from "#server/keys/grants.ts";
import { patch, wish } from "#server/tokens/keys.fixture.ts";
import { DEFAULT_TOKEN_LIFETIMES } from "#server/tokens/lifetimes.ts";
import type { TokenPatch, TokenWish } from "#server/tokens/token-request.ts";
import type { NewDatabase } from "./databases.ts";
import { insertKey } from "./keys.ts";
import type { StoreView } from "./store-view.ts";
import { openWorld, type World } from "./world.ts";

const HOUR = 3_600_000;
const OPTIONS = { lifetimes: DEFAULT_TOKEN_LIFETIMES };

/** Who shows one key. Each call of `view` authenticates anew. */
interface Bearer {
  readonly key: ApiKey;
  readonly secret: string;
  view(): Promise<StoreView>;
}

function bearer({ store }: World, { key, secret }: { readonly key: ApiKey; readonly secret: string }): Bearer {
  const view = async (): Promise<StoreView> => {
    const found = await store.system.authentication.withApiKey(secret, { ipAddress: "192.0.2.7" });
    if (found === undefined) throw new Error(`key ${key.id} opens nothing`);
    return store.as(found.subject);
  };
  return { key, secret, view };
}

async function sessionOf(world: World, user: User): Promise<Bearer> {
  const key = { userId: user.id, loginType: "password", scopes: ["coder:all"], allowList: ["*:*"], lifetimeSeconds: 86_400 } as const;
  return bearer(world, await insertKey(world.store, key));
}

/** The first user with a session, whose acts have an actor. */
async function asSignedIn(world: World): Promise<World> {
  return { ...world, asOwner: await (await sessionOf(world, world.owner)).view() };
}

async function mint(world: World, by: Bearer, more: Partial<TokenWish>): Promise<Bearer> {
  return bearer(world, await (await by.view()).apiKeys.mint(by.key.user_id, wish(more), OPTIONS));
}

async function refusalsOf({ store }: World) {
  const { db } = store.system.core;
  const columns = ["action", "status_code", "api_key_id"] as const;
  return db.selectFrom("audit_logs").select(columns).where("status_code", "=", 403).orderBy("number").execute();
}

/** Session keys and API tokens: which made which, and what follows from it. */
export function keysContract(newDatabase: NewDatabase): void {
  const open = async () => {
    const world = await openWorld(newDatabase);
    const { user } = await world.member("milo");
    return { world, user, session: await sessionOf(world, user) };
  };

  test("a chain of keys remembers who made whom, and what each may hand on", async () => {
    const { world, session } = await open();
    const top = await mint(world, session, { scopes: ["api_key:*", "workspace:read"], lifetimeMs: 10 * HOUR });
    const child = await mint(world, top, { scopes: ["api_key:*"], name: "child" });
    const grandchild = await mint(world, child, { scopes: ["api_key:read"], lifetimeMs: HOUR });
    expect(top.key).toMatchObject({ minted_by: session.key.id, ceilings: [], boundary: null });
    expect(child.key).toMatchObject({ minted_by: top.key.id, ceilings: [ceilingOf(top.key)], expires_at: top.key.expires_at });
    expect(grandchild.key).toMatchObject({ minted_by: child.key.id, ceilings: [ceilingOf(child.key), ceilingOf(top.key)] });
    const stored = await (await session.view()).apiKeys.get(grandchild.key.id);
    expect(stored).toEqual({
      ...grandchild.key,
      last_used: stored.last_used,
      ip_address: stored.ip_address,
      updated_at: stored.updated_at,
    });
  });

  test("a key that is narrowed narrows all below it, and a key that is widened widens nothing below", async () => {
    const { world, session } = await open();
    const top = await mint(world, session, { scopes: ["api_key:*"], name: "top" });
    const child = await mint(world, top, { scopes: ["api_key:*"] });
    const grandchild = await mint(world, child, { scopes: ["api_key:read", "api_key:delete"] });
    const update = async (more: Partial<TokenPatch>) => (await session.view()).apiKeys.update(top.key.user_id, "top", patch(more), OPTIONS);
    const may = async (action: "read" | "delete") => {
      const found = await world.store.system.authentication.withApiKey(grandchild.secret, { ipAddress: "" });
      return found && decide(found.subject, action, apiKeyObject({ id: "x", userId: top.key.user_id })).kind;
    };
    expect([await may("read"), await may("delete")]).toEqual(["allowed", "allowed"]);
    await update({ scopes: ["api_key:read"], lifetimeMs: HOUR });
    expect([await may("read"), await may("delete")]).toEqual(["allowed", "denied"]);
    await update({ scopes: ["api_key:read", "api_key:update"], lifetimeMs: 5 * HOUR });
    expect([await may("read"), await may("delete")]).toEqual(["allowed", "denied"]);
    world.clock.advance(HOUR);
    expect(await may("read")).toBeUndefined();
  });

  test("an ended key takes along all below it, and one in the middle leaves no gap", async () => {
    const { world, session } = await open();
    const top = await mint(world, session, { name: "top" });
    const middle = await mint(world, top, {});
    const bottom = await mint(world, middle, {});
    const view = await session.view();
    await view.apiKeys.delete(middle.key.id, { cascade: false });
    expect(await view.apiKeys.get(bottom.key.id)).toMatchObject({
      minted_by: top.key.id,
      ceilings: [ceilingOf(middle.key), ceilingOf(top.key)],
    });
    const narrowed = await view.apiKeys.update(top.key.user_id, "top", patch({ scopes: ["workspace:read"] }), OPTIONS);
    expect((await view.apiKeys.get(bottom.key.id)).ceilings).toEqual([ceilingOf(middle.key), ceilingOf(narrowed)]);
    world.clock.advance(1_000);
    await view.apiKeys.expire(top.key.id);
    const at = world.clock.now();
    expect((await view.apiKeys.get(bottom.key.id)).expires_at).toEqual(at);
    world.clock.advance(1_000);
    await view.apiKeys.expire(top.key.id);
    expect((await view.apiKeys.get(top.key.id)).expires_at).toEqual(at);
    await view.apiKeys.delete(top.key.id);
    await expect(view.apiKeys.get(bottom.key.id)).rejects.toThrow(NotFoundError);
    // A session's own do not end with it unless that is asked for.
    const kept = await mint(world, session, {});
    const owner = world.asOwner.apiKeys;
    await owner.delete(session.key.id);
    expect((await owner.get(kept.key.id)).expires_at.getTime()).toBeGreaterThan(world.clock.now().getTime());
  });

  test("a key that ended since it was shown mints and changes nothing", async () => {
    const { world, user, session } = await open();
    const target = await mint(world, session, { name: "target" });
    const ends: ((id: string, view: StoreView) => Promise<unknown>)[] = [
      (id, view) => view.apiKeys.delete(id),
      (id, view) => view.apiKeys.expire(id),
      () => world.asOwner.users.setStatus(user.id, "suspended"),
      () => world.asOwner.users.delete(user.id),
    ];
    for (const end of ends) {
      const caller = await mint(world, session, {});
      const [shown, other] = [await caller.view(), await session.view()];
      await end(caller.key.id, other);
      const work = [
        () => shown.apiKeys.mint(user.id, wish({}), OPTIONS),
        () => shown.apiKeys.update(user.id, "target", patch({ lifetimeMs: HOUR }), OPTIONS),
      ];
      // The user's deletion took the key that was to be changed along.
      for (const [index, attempt] of work.entries())
        await expect(attempt(), `${ends.indexOf(end)} ${index}`).rejects.toThrow(
          end === ends[3] && index === 1 ? NotFoundError : CredentialEndedError,
        );
      if (end === ends[2]) await world.asOwner.users.setStatus(user.id, "active");
    }
    expect(target.key.token_name).toBe("target");
  });

  for (const [when, end] of [
    ["is deleted", ({ asOwner }: World, user: User) => asOwner.users.delete(user.id)],
    ["gets another password", ({ asOwner }: World, user: User) => asOwner.users.setPassword(user.id, { new: "another one" })],
  ] as const)
    test(`what a user's keys minted for others ends when the user ${when}, and nothing else of theirs`, async () => {
      const world = await openWorld(newDatabase);
      const { organizationId } = world;
      const someone = { email: "pia@example.test", username: "pia", loginType: "password", password: "the first one" } as const;
      const user = await world.store.system.users.create({ ...someone, organizationIds: [organizationId] });
      const session = await sessionOf(world, user);
      const starter = await mint(world, await mint(world, session, {}), { name: "starter" });
      // As a build leaves it that this token started in a workspace of somebody else's.
      const key = {
        userId: world.owner.id,
        loginType: "token",
        scopes: ["coder:all"],
        allowList: ["*:*"],
        lifetimeSeconds: 3_600,
      } as const;
      const build = await insertKey(world.store, { ...key, tokenName: "build", mintedBy: starter.key.id });
      world.clock.advance(1);
      const further = await insertKey(world.store, { ...key, tokenName: "further", mintedBy: build.key.id });
      const kept = await insertKey(world.store, { ...key, tokenName: "kept" });
      await end(await asSignedIn(world), user);
      const { db } = world.store.system.core;
      const left = await db.selectFrom("api_keys").select("token_name").where("token_name", "<>", "").execute();
      expect(left.map(({ token_name }) => token_name)).toEqual([kept.key.token_name]);
      const entries = await db
        .selectFrom("audit_logs")
        .selectAll()
        .where("resource_type", "=", "api_key")
        .where("action", "=", "delete")
        .orderBy("number")
        .execute();
      expect(entries.map(({ resource_target, additional_fields }) => [resource_target, additional_fields])).toEqual(
        [build, further].map(({ key: { id, token_name } }) => [
          token_name,
          { key_id: id, user_id: world.owner.id, ended_with_user: user.id },
        ]),
      );
    });

  test("of mints and changes further up that come at once, none sees another half-way", async () => {
    const { world, user, session } = await open();
    const top = await mint(world, session, { scopes: ["api_key:*", "workspace:*"], name: "top" });
    const middles = await Promise.all(Array.from({ length: 4 }, () => mint(world, top, { scopes: ["api_key:*", "workspace:*"] })));
    const mender = await session.view();
    const views = await Promise.all(middles.map((middle) => middle.view()));
    const mintAll = () => views.map((view) => view.apiKeys.mint(user.id, wish({ scopes: ["workspace:ssh"] }), OPTIONS));
    const mend = (...scopes: string[]) => mender.apiKeys.update(user.id, "top", patch({ scopes: ["api_key:*", ...scopes] }), OPTIONS);
    for (const scopes of [["workspace:ssh", "workspace:read"], ["workspace:ssh"], ["workspace:read"], []]) {
      const settled = await Promise.allSettled([...mintAll(), mend(...scopes), ...mintAll()]);
      for (const one of settled) if (one.status === "rejected") expect(one.reason).toBeInstanceOf(BeyondGrantError);
      const ceiling = ceilingOf(await mender.apiKeys.get(top.key.id));
      expect(ceiling.scopes).toEqual(["api_key:*", ...scopes]);
      for (const { id } of await mender.apiKeys.listTokens({ userId: user.id }))
        if (id !== top.key.id) expect((await mender.apiKeys.get(id)).ceilings.at(-1)).toEqual(ceiling);
    }
  });

  test("of a mint and an end that come at once, no child is left over", async () => {
    const { world, user, session } = await open();
    for (const how of ["delete", "expire"] as const) {
      const top = await mint(world, session, {});
      const middle = await mint(world, top, {});
      const [caller, further] = [await top.view(), await middle.view()];
      const ender = await session.view();
      const mints = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? caller : further).apiKeys.mint(user.id, wish({}), OPTIONS));
      const settled = await Promise.allSettled([...mints.slice(0, 3), ender.apiKeys[how](top.key.id), ...mints.slice(3)]);
      for (const one of settled) if (one.status === "rejected") expect(one.reason).toBeInstanceOf(CredentialEndedError);
      expect(await ender.apiKeys.listTokens({ userId: user.id })).toEqual([]);
    }
  });

  test("a list of keys holds nothing of the lists that bound each of them", async () => {
    const { world, user, session } = await open();
    const parent = await mint(world, session, { scopes: ["api_key:create"] });
    await mint(world, parent, { scopes: ["api_key:create"] });
    const listed = await (await session.view()).apiKeys.listTokens({ userId: user.id });
    expect(listed).toHaveLength(2);
    for (const key of listed) expect(key).not.toHaveProperty("ceilings");
  });

  test("of many who want one name, one gets it, and who names none always gets one", async () => {
    const { user, session } = await open();
    const view = await session.view();
    const settled = await Promise.allSettled(Array.from({ length: 4 }, () => view.apiKeys.mint(user.id, wish({ name: "ci" }), OPTIONS)));
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const one of settled)
      if (one.status === "rejected") expect(one.reason).toMatchObject({ constructor: NameTakenError, field: "name" });
    const minted = await Promise.all(Array.from({ length: 20 }, () => view.apiKeys.mint(user.id, wish({}), OPTIONS)));
    for (const { key } of minted) expect(key.token_name).toMatch(/^[a-z]+-[a-z]+(-\d+)?$/);
  });

  test("what is refused is written down, and nothing else of it", async () => {
    const { world, user, session } = await open();
    const narrow = await mint(world, session, { scopes: ["api_key:create"], name: "narrow" });
    const reader = await mint(world, session, { scopes: ["api_key:read"] });
    const before = (await (await session.view()).apiKeys.listTokens({})).length;
    await expect(mint(world, narrow, {})).rejects.toThrow(BeyondGrantError);
    await expect(mint(world, reader, {})).rejects.toThrow(ForbiddenError);
    await expect((await narrow.view()).apiKeys.mintSession(user.id, OPTIONS)).rejects.toThrow(BeyondGrantError);
    expect(await refusalsOf(world)).toEqual([
      { action: "create", status_code: 403, api_key_id: narrow.key.id },
      { action: "create", status_code: 403, api_key_id: reader.key.id },
      { action: "create", status_code: 403, api_key_id: narrow.key.id },
    ]);
    expect(await (await session.view()).apiKeys.listTokens({})).toHaveLength(before);
  });

  test("a key whose scope nobody knows opens nothing, is listed, and can be mended; others do not notice", async () => {
    const unknown: unknown[] = [];
    const world = await openWorld(newDatabase, { onUnknownValue: (value) => unknown.push(value) });
    const { user } = await world.member("milo");
    const session = await sessionOf(world, user);
    const strange = await insertKey(world.store, {
      userId: user.id,
      loginType: "token",
      scopes: ["moon:read"],
      allowList: ["*:*"],
      lifetimeSeconds: 3_600,
      tokenName: "strange",
    });
    const { authentication } = world.store.system;
    expect(await authentication.withApiKey(strange.secret, { ipAddress: "" })).toBeUndefined();
    expect(unknown).toEqual([expect.objectContaining({ keyId: strange.key.id, problem: 'unknown scope "moon:read"' })]);
    const view = await session.view();
    expect(await view.apiKeys.listTokens({})).toMatchObject([{ scopes: ["moon:read"], username: "milo" }]);
    await view.apiKeys.update(user.id, "strange", patch({ scopes: ["workspace:read"] }), OPTIONS);
    expect(await authentication.withApiKey(strange.secret, { ipAddress: "" })).toMatchObject({ key: { scopes: ["workspace:read"] } });
  });

  test("lists hold the keys that may be seen, of one user or of all", async () => {
    const { world, session } = await open();
    const mine = await mint(world, session, { name: "mine" });
    world.clock.advance(1_000);
    const owners = await mint(world, await sessionOf(world, world.owner), { name: "owners" });
    const names = async (view: StoreView, userId?: UserId) =>
      (await view.apiKeys.listTokens(userId === undefined ? {} : { userId })).map(({ token_name }) => token_name);
    expect(await names(await session.view())).toEqual(["mine"]);
    expect(await names(world.asOwner)).toEqual(["mine", "owners"]);
    expect(await names(world.asOwner, UserId.parse(mine.key.user_id))).toEqual(["mine"]);
    expect(await names(await session.view(), UserId.parse(owners.key.user_id))).toEqual([]);
    const reader = await mint(world, session, { scopes: ["workspace:read"] });
    expect(await names(await reader.view())).toEqual([]);
  });

  test("a boundary is stored as it was set, and means the key's own where it says nothing", async () => {
    const { world, session } = await open();
    const boundary = { scopes: ["workspace:read"], allow_list: null, expires_at: null };
    const broker = await mint(world, session, { scopes: ["api_key:create"], boundary, lifetimeMs: 2 * HOUR });
    const stored = await (await session.view()).apiKeys.get(broker.key.id);
    expect(stored.boundary).toEqual(boundary);
    expect(boundaryOf(stored)).toEqual({ scopes: ["workspace:read"], allowList: ["*:*"], expiresAt: stored.expires_at.getTime() });
    await expect(mint(world, broker, { scopes: ["api_key:create"] })).rejects.toThrow("scopes: api_key:create");
    expect((await mint(world, broker, { scopes: ["workspace:read"] })).key.expires_at).toEqual(stored.expires_at);
  });
}
