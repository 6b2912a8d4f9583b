import { expect, test } from "vitest";
import { SYSTEM } from "#authz/subject.ts";
import { ForbiddenError, InvalidInputError, NameTakenError, NotFoundError, SetupDoneError } from "#server/errors.ts";
import { DEFAULT_TOKEN_LIFETIMES } from "#server/tokens/lifetimes.ts";
import type { NewDatabase } from "./databases.ts";
import { insertKey } from "./keys.ts";
import { OWNER_PASSWORD, openWorld } from "./world.ts";

const HOUR = 3_600_000;

/** Users, keys and organizations. */
export function peopleContract(newDatabase: NewDatabase): void {
  test("a deployment keeps its id and its default organization", async () => {
    const { store, database, organizationId } = await openWorld(newDatabase);
    await using again = await database.open();
    expect(again.system.deploymentId).toBe(store.system.deploymentId);
    expect(await again.system.organizations.list()).toMatchObject([{ id: organizationId, name: "default", is_default: true }]);
    expect((await again.system.organizations.getByReference("default")).id).toBe(organizationId);
  });

  test("the first user can be made once, even when several try", async () => {
    await using database = await newDatabase();
    await using store = await database.open();
    const { setup } = store.system;
    expect(await setup.hasFirstUser()).toBe(false);
    const tries = ["a", "b", "c"].map((username) => setup.createFirstUser({ email: `${username}@x.test`, username, password: "p" }));
    const settled = await Promise.allSettled(tries);
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const one of settled) if (one.status === "rejected") expect(one.reason).toBeInstanceOf(SetupDoneError);
    expect(await setup.hasFirstUser()).toBe(true);
    expect((await store.system.users.list()).users).toMatchObject([{ rbac_roles: ["owner"] }]);
  });

  test("a password opens its user only, by e-mail in any letter case", async () => {
    const { store, owner } = await openWorld(newDatabase);
    const { authentication } = store.system;
    expect((await authentication.withPassword("olive@example.TEST", OWNER_PASSWORD))?.id).toBe(owner.id);
    expect(await authentication.withPassword("olive@example.test", "wrong")).toBeUndefined();
    expect(await authentication.withPassword("nobody@example.test", OWNER_PASSWORD)).toBeUndefined();
    await store.system.core.db.updateTable("users").set({ status: "suspended" }).where("id", "=", owner.id).execute();
    expect(await authentication.withPassword("olive@example.test", OWNER_PASSWORD)).toBeUndefined();
  });

  test("a new password ends the sessions, and needs the old one", async () => {
    const { store, owner, asOwner } = await openWorld(newDatabase);
    const { secret } = await insertKey(store, {
      userId: owner.id,
      loginType: "password",
      scopes: ["coder:all"],
      allowList: ["*:*"],
      lifetimeSeconds: 60,
    });
    await expect(asOwner.users.setPassword(owner.id, { new: "next", old: "wrong" })).rejects.toThrow(InvalidInputError);
    await asOwner.users.setPassword(owner.id, { new: "next", old: OWNER_PASSWORD });
    const { authentication } = store.system;
    expect(await authentication.withApiKey(secret, { ipAddress: "" })).toBeUndefined();
    expect((await authentication.withPassword("olive@example.test", "next"))?.id).toBe(owner.id);
  });

  test("names and addresses are taken in any letter case, and free again after a deletion", async () => {
    const { asOwner, member, organizationId } = await openWorld(newDatabase);
    const { user } = await member("milo");
    const again = { email: "new@example.test", username: "MILO", loginType: "none", organizationIds: [organizationId] } as const;
    const taken = await asOwner.users.create(again).catch((error: unknown) => error);
    expect(taken).toBeInstanceOf(NameTakenError);
    expect(taken).toMatchObject({ field: "username" });
    await expect(asOwner.users.create({ ...again, username: "other", email: "MILO@example.test" })).rejects.toMatchObject({
      field: "email",
    });
    await asOwner.users.delete(user.id);
    expect((await asOwner.users.create(again)).username).toBe("MILO");
  });

  test("members do not see each other, and administrators see all", async () => {
    const { asOwner, member, owner } = await openWorld(newDatabase);
    const milo = await member("milo");
    expect((await milo.view.users.list()).users.map(({ username }) => username)).toEqual(["milo"]);
    expect((await asOwner.users.list({ search: "MIL" })).users.map(({ username }) => username)).toEqual(["milo"]);
    expect((await asOwner.users.list({ limit: 1, offset: 1 })).users.map(({ username }) => username)).toEqual(["olive"]);
    expect(await milo.view.users.find("olive")).toBeUndefined();
    await expect(milo.view.users.get(owner.id)).rejects.toThrow(NotFoundError);
    await expect(milo.view.users.delete(milo.user.id)).rejects.toThrow(ForbiddenError);
  });

  test("a key opens its user until it expires, and a session's expiry moves on with its use", async () => {
    const { store, owner, clock } = await openWorld(newDatabase);
    const { authentication } = store.system;
    const session = {
      userId: owner.id,
      loginType: "password",
      scopes: ["coder:all"],
      allowList: ["*:*"],
      lifetimeSeconds: 86_400,
    } as const;
    const { key, secret } = await insertKey(store, session);
    expect(key.last_used.getTime()).toBe(0);
    const use = { ipAddress: "192.0.2.1" };

    const first = await authentication.withApiKey(secret, use);
    expect(first?.user.id).toBe(owner.id);
    expect(first?.roles.site).toEqual(["owner"]);
    expect(first?.key).toMatchObject({ last_used: clock.now(), ip_address: "192.0.2.1" });
    clock.advance(59_999);
    expect((await authentication.withApiKey(secret, { ipAddress: "192.0.2.2" }))?.key.ip_address).toBe("192.0.2.1");
    clock.advance(1);
    const [minute, ...others] = await Promise.all(
      ["192.0.2.3", "192.0.2.4"].map((ipAddress) => authentication.withApiKey(secret, { ipAddress })),
    );
    expect(minute?.key).toMatchObject({ last_used: clock.now(), ip_address: "192.0.2.3", expires_at: key.expires_at });
    expect(others[0]?.key).toEqual(minute?.key);
    clock.advance(HOUR - 60_001);
    expect((await authentication.withApiKey(secret, use))?.key.expires_at).toEqual(key.expires_at);
    clock.advance(1);
    const slid = await authentication.withApiKey(secret, use);
    expect(slid?.key.expires_at.getTime()).toBe(clock.now().getTime() + 24 * HOUR);
    expect(slid?.user.last_seen_at).toEqual(clock.now());
    clock.advance(24 * HOUR);
    expect(await authentication.withApiKey(secret, use)).toBeUndefined();
  });

  test("an API token keeps the expiry that it was given, and its name is unique", async () => {
    const { store, owner, clock, asOwner } = await openWorld(newDatabase);
    const token = { userId: owner.id, loginType: "token", scopes: ["workspace:read"], allowList: ["*:*"], tokenName: "ci" } as const;
    const { key, secret } = await insertKey(store, { ...token, lifetimeSeconds: 7_200 });
    clock.advance(1.5 * HOUR);
    const used = await store.system.authentication.withApiKey(secret, { ipAddress: "" });
    expect(used?.key.expires_at).toEqual(key.expires_at);
    expect(used?.key.scopes).toEqual(["workspace:read"]);
    await expect(insertKey(store, { ...token, lifetimeSeconds: 60 })).rejects.toThrow(NameTakenError);
    expect((await asOwner.apiKeys.getByName(owner.id, "ci")).id).toBe(key.id);
    await asOwner.apiKeys.expire(key.id);
    expect(await asOwner.apiKeys.listTokens({})).toEqual([]);
    expect(await asOwner.apiKeys.listTokens({ includeExpired: true })).toHaveLength(1);
    expect(await store.system.authentication.withApiKey(secret, { ipAddress: "" })).toBeUndefined();
  });

  test("a wrong secret, a wrong id and a text that is no key are all nobody", async () => {
    const { store, owner } = await openWorld(newDatabase);
    const made = { userId: owner.id, loginType: "password", scopes: ["coder:all"], allowList: ["*:*"], lifetimeSeconds: 60 } as const;
    const [one, two] = [await insertKey(store, made), await insertKey(store, made)];
    const mixed = `${one.key.id}-${two.secret.slice(11)}`;
    for (const text of [mixed, "", "-", one.secret.slice(0, -1), one.secret.slice(11), `${one.secret} `])
      expect(await store.system.authentication.withApiKey(text, { ipAddress: "" }), text).toBeUndefined();
  });

  test("members reach their own keys, SSH key and links, and nobody else's", async () => {
    const { store, member, owner } = await openWorld(newDatabase);
    const { user, view } = await member("milo");
    const pair = await view.gitSshKeys.getPair(user.id);
    expect(pair.public_key).toMatch(/^ssh-ed25519 /);
    expect(pair.private_key).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----/);
    expect((await view.gitSshKeys.regenerate(user.id)).public_key).not.toBe(pair.public_key);
    await expect(view.gitSshKeys.getPair(owner.id)).rejects.toThrow(NotFoundError);

    const link = {
      provider_id: "git",
      user_id: user.id,
      access_token: "at",
      refresh_token: "rt",
      expires_at: new Date(5),
      extra: { a: 1 },
    };
    await view.externalAuthLinks.put(link);
    expect(await view.externalAuthLinks.find(user.id, "git")).toMatchObject(link);
    expect(await view.externalAuthLinks.find(user.id, "other")).toBeUndefined();
    await expect(view.externalAuthLinks.find(owner.id, "other")).rejects.toThrow(NotFoundError);

    const key = { loginType: "token", scopes: ["coder:all"], allowList: ["*:*"], lifetimeSeconds: 60, tokenName: "t" } as const;
    await expect(view.apiKeys.mintSession(owner.id, { lifetimes: DEFAULT_TOKEN_LIFETIMES })).rejects.toThrow(ForbiddenError);
    const { key: foreign } = await insertKey(store, { ...key, userId: owner.id });
    await expect(view.apiKeys.get(foreign.id)).rejects.toThrow(NotFoundError);
    await expect(view.apiKeys.delete(foreign.id)).rejects.toThrow(NotFoundError);
  });

  test("the system acts only in somebody's name", async () => {
    const { store, owner, organizationId } = await openWorld(newDatabase);
    const file = await store.system.files.create({ createdBy: owner.id, mimetype: "application/x-tar", data: Buffer.from("x") });
    const version = { organizationId, fileId: file.id, provisioner: "terraform" } as const;
    await expect(store.as(SYSTEM).templateVersions.create(version)).rejects.toThrow(TypeError);
    expect((await store.as(SYSTEM).templateVersions.create({ ...version, createdBy: owner.id })).created_by).toBe(owner.id);
  });
}
