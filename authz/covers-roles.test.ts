import { expect, test } from "vitest";
import { coversRoles } from "./covers-roles.ts";
import type { Memberships } from "./roles.ts";

/** `name` for the site, `name:org` inside an organization, `:org` for a plain member. */
const roles = (...names: string[]): Memberships => {
  const inside = new Map<string, string[]>();
  for (const name of names) {
    const [role = "", organizationId] = name.split(":");
    if (organizationId !== undefined) inside.set(organizationId, [...(inside.get(organizationId) ?? []), ...(role === "" ? [] : [role])]);
  }
  return {
    site: names.filter((name) => !name.includes(":")),
    organizations: [...inside].map(([organizationId, held]) => ({ organizationId, roles: held })),
  };
};

for (const { maker, owner, covers } of [
  { maker: [":a"], owner: [":a"], covers: true },
  { maker: [":a"], owner: [], covers: true },
  { maker: [":a", ":b"], owner: [":a"], covers: true },
  { maker: [":a"], owner: [":a", ":b"], covers: false },
  { maker: ["template-admin", ":a"], owner: [":b"], covers: false },
  { maker: [":a"], owner: ["template-admin", ":a"], covers: false },
  { maker: ["template-admin", ":a"], owner: ["template-admin", ":a"], covers: true },
  { maker: ["template-admin", ":a"], owner: ["user-admin", ":a"], covers: false },
  { maker: ["template-admin", ":a"], owner: ["owner", ":a"], covers: false },
  { maker: ["organization-admin:a"], owner: [":a"], covers: true },
  { maker: ["organization-admin:a"], owner: ["organization-template-admin:a"], covers: true },
  { maker: ["organization-template-admin:a"], owner: ["organization-admin:a"], covers: false },
  { maker: ["organization-admin:a", ":b"], owner: [":a", "organization-admin:b"], covers: false },
  { maker: ["organization-admin:a"], owner: ["auditor", ":a"], covers: false },
  { maker: ["organization-workspace-creation-ban:a"], owner: [":a"], covers: false },
  { maker: [":a"], owner: ["organization-workspace-creation-ban:a"], covers: true },
  { maker: ["owner", ":a"], owner: ["owner", ":a"], covers: true },
  { maker: ["king", ":a"], owner: [":a"], covers: true },
  { maker: ["owner", ":a"], owner: ["king", ":a"], covers: false },
  { maker: ["owner", ":a"], owner: ["king:a"], covers: false },
])
  test(`a user with ${maker.join(" ") || "nothing"} ${covers ? "covers" : "does not cover"} one with ${owner.join(" ") || "nothing"}`, () => {
    expect(coversRoles(roles(...maker), roles(...owner))).toBe(covers);
  });
