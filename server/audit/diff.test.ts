import { expect, test } from "vitest";
import { MAX_ALLOW_ENTRIES } from "#authz/allow-list.ts";
import { PUBLIC_SCOPES } from "#authz/scope-catalog.ts";
import { diffOf } from "./diff.ts";

const key = { id: "abcdefghij", hashed_secret: Buffer.from([1]), scopes: ["workspace:read"], allow_list: ["*:*"], last_used: new Date(0) };

test("shows what a scope and an allow list were, and what they are", () => {
  const after = { ...key, scopes: ["workspace:*"], allow_list: ["workspace:*"] };
  expect(diffOf("api_key", key, after)).toEqual({
    scopes: { old: ["workspace:read"], new: ["workspace:*"], secret: false },
    allow_list: { old: ["*:*"], new: ["workspace:*"], secret: false },
  });
});

test("shows every entry of the longest allow list and boundary: none is hidden by cutting the text off", () => {
  const entry = (index: number) => `organization_member:00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
  const list = Array.from({ length: MAX_ALLOW_ENTRIES }, (_, index) => entry(index));
  const scopes = PUBLIC_SCOPES.filter((name) => name !== "coder:all");
  const before = { ...key, allow_list: list.slice(0, -1), boundary: null };
  const after = { ...key, allow_list: list, boundary: { scopes, allow_list: list, expires_at: "2030-01-31T12:00:00.000Z" } };
  expect(diffOf("api_key", before, after)).toEqual({
    allow_list: { old: before.allow_list, new: list, secret: false },
    boundary: { old: null, new: after.boundary, secret: false },
  });
});

test("shows that a secret changed, but neither value", () => {
  expect(diffOf("api_key", key, { ...key, hashed_secret: Buffer.from([2]) })).toEqual({
    hashed_secret: { old: "", new: "", secret: true },
  });
  expect(diffOf("api_key", key, { ...key, hashed_secret: Buffer.from([1]) })).toEqual({});
  expect(diffOf("user", undefined, { hashed_password: "$argon2id$canary" })).toEqual({
    hashed_password: { old: "", new: "", secret: true },
  });
});

test("shows the columns that are not empty of a new row, and of a deleted one", () => {
  const user = { username: "milo", name: "", rbac_roles: [], deleted: false, last_seen_at: new Date(0) };
  expect(diffOf("user", undefined, user)).toEqual({ username: { new: "milo", secret: false } });
  expect(diffOf("user", user, undefined)).toEqual({ username: { old: "milo", secret: false } });
});

test("compares what both states have, and values by their meaning", () => {
  expect(diffOf("user", { username: "a", email: "a@x.test" }, { username: "a" })).toEqual({});
  expect(diffOf("workspace", { user_acl: { b: ["read"], a: [] } }, { user_acl: { a: [], b: ["read"] } })).toEqual({});
  expect(diffOf("workspace", { dormant_at: null }, { dormant_at: new Date(0) })).toEqual({
    dormant_at: { old: null, new: "1970-01-01T00:00:00.000Z", secret: false },
  });
  expect(diffOf("workspace", { ttl_ms: 1 }, { ttl_ms: 0 })).toMatchObject({ ttl_ms: { old: 1, new: 0 } });
});
