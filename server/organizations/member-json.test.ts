import { expect, test } from "vitest";
import { OrganizationId } from "../ids.ts";
import { ANN } from "../tokens/keys.fixture.ts";
import { memberJson, memberWithUserJson } from "./member-json.ts";
import type { OrganizationMember } from "./member-rows.ts";

const at = new Date(0);
const organization = OrganizationId.parse("0a0a0a0a-0000-4000-8000-000000000001");
const member: OrganizationMember = {
  organization_id: organization,
  user_id: ANN,
  roles: ["organization-auditor"],
  created_at: at,
  updated_at: at,
  username: "ann",
  name: "Ann",
  email: "ann@example.com",
  avatar_url: "",
  status: "active",
  login_type: "password",
  last_seen_at: null,
  global_roles: ["auditor"],
  user_created_at: new Date(1_000),
  user_updated_at: at,
};

test("a membership names its roles as those of its organization, and says nothing else of the user", () => {
  expect(memberJson(member)).toEqual({
    user_id: ANN,
    organization_id: organization,
    created_at: at.toISOString(),
    updated_at: at.toISOString(),
    roles: [{ name: "organization-auditor", display_name: expect.any(String), organization_id: organization }],
  });
});

test("with its user it has the site's roles, and times of both", () => {
  const json = memberWithUserJson(member);
  expect(json).toMatchObject({ username: "ann", user_created_at: "1970-01-01T00:00:01.000Z", created_at: at.toISOString() });
  expect(json.global_roles).toEqual([{ name: "auditor", display_name: "Auditor" }]);
  expect(json).not.toHaveProperty("last_seen_at");
  expect(memberWithUserJson({ ...member, last_seen_at: at }).last_seen_at).toBe(at.toISOString());
});
