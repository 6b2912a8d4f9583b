import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { NIL_UUID } from "../ids.ts";
import { beginSession } from "./begin-session.ts";

const ORIGIN = { requestId: "0b8f0f6c-6c57-4f0e-8a3b-1f1f3c7d9a10", ipAddress: "192.0.2.7", userAgent: "a test" };
const OPTIONS = { lifetimeSeconds: 3_600, origin: ORIGIN };

test("a session stands for the whole user, ends as it was told to, and is entered", async () => {
  const { core, owner, store, entries, clock } = await openCommandWorld();
  const secret = (await beginSession(core, owner.user, OPTIONS)) ?? "";
  const found = await store.system.authentication.withApiKey(secret, { ipAddress: "" });
  expect(found?.key).toMatchObject({ login_type: "password", scopes: ["coder:all"], allow_list: ["*:*"], minted_by: null });
  expect(found?.key.expires_at.getTime()).toBe(clock.now().getTime() + 3_600_000);
  const [entry] = await entries();
  expect(entry).toMatchObject({
    action: "login",
    resource_type: "api_key",
    resource_id: NIL_UUID,
    ip: "192.0.2.7",
    user_id: owner.user.id,
  });
  expect(entry?.additional_fields).toEqual({ key_id: secret.slice(0, 10) });
});

test("a dormant user wakes", async () => {
  const { core, person } = await openCommandWorld();
  const { id } = (await person("milo")).user;
  await core.db.updateTable("users").set({ status: "dormant" }).where("id", "=", id).execute();
  const user = await core.db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  expect(await beginSession(core, { ...user, organization_ids: [] }, OPTIONS)).toBeDefined();
  expect(await core.db.selectFrom("users").select("status").where("id", "=", id).executeTakeFirst()).toEqual({ status: "active" });
});

test("none begins for who has changed since the password was compared, was suspended, or is gone", async () => {
  const { core, owner, entries } = await openCommandWorld();
  const set = (values: object) => core.db.updateTable("users").set(values).execute();
  await set({ updated_at: new Date(0) });
  expect(await beginSession(core, owner.user, OPTIONS)).toBeUndefined();
  await set({ updated_at: owner.user.updated_at, status: "suspended" });
  expect(await beginSession(core, owner.user, OPTIONS)).toBeUndefined();
  await set({ status: "active", deleted: true });
  expect(await beginSession(core, owner.user, OPTIONS)).toBeUndefined();
  expect([await core.db.selectFrom("api_keys").select("id").execute(), await entries()]).toEqual([[], []]);
});
