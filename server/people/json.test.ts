import { expect, test } from "vitest";
import type { User } from "../access/person-rows.ts";
import { OrganizationId } from "../ids.ts";
import { ANN } from "../tokens/keys.fixture.ts";
import { keptUserJson, minimalUserJson, userJson } from "./json.ts";

const at = new Date(0);
const user: User = {
  id: ANN,
  email: "ann@example.com",
  username: "ann",
  name: "Ann",
  avatar_url: "/a.png",
  login_type: "password",
  status: "active",
  rbac_roles: ["auditor"],
  deleted: false,
  created_at: at,
  updated_at: at,
  last_seen_at: null,
  organization_ids: [OrganizationId.parse("0a0a0a0a-0000-4000-8000-000000000001")],
};

test("a user is shown with its roles by name, and one who was never seen without a time of that", () => {
  const json = userJson(user);
  expect(json).toMatchObject({ id: ANN, username: "ann", status: "active", organization_ids: user.organization_ids });
  expect(json.roles).toEqual([{ name: "auditor", display_name: "Auditor" }]);
  expect(json).not.toHaveProperty("last_seen_at");
  expect(userJson({ ...user, last_seen_at: at }).last_seen_at).toBe(at.toISOString());
});

test("a record that authentication keeps is written once, and another record anew", () => {
  expect(keptUserJson(user)).toBe(keptUserJson(user));
  const renamed = { ...user, username: "anna" };
  expect(keptUserJson(renamed).username).toBe("anna");
});

test("who made something is shown by its names and its picture alone", () => {
  expect(minimalUserJson({ ...user, avatarUrl: user.avatar_url })).toEqual({ id: ANN, username: "ann", name: "Ann", avatar_url: "/a.png" });
});
