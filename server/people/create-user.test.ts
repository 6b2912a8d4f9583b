import { describe, expect, test } from "vitest";
import type { CreateUserRequest } from "#sdk/users.ts";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { ForbiddenError, NameTakenError, NotAllowedError, NotFoundError } from "../errors.ts";
import { OrganizationId } from "../ids.ts";
import { createUser, parseNewUser } from "./create-user.ts";

const ORGANIZATION = "0a0a0a0a-0000-4000-8000-000000000001";
const REQUEST = { email: "ann@example.com", username: "ann", password: "Purple monkey 7 dishwasher!", organization_ids: [ORGANIZATION] };

describe("what is asked for", () => {
  test("is a dormant user with a password, unless it says otherwise", () => {
    const { organization_ids: _, ...plain } = REQUEST;
    expect(parseNewUser(REQUEST)).toEqual({
      ...plain,
      name: "",
      loginType: "password",
      status: "dormant",
      roles: [],
      organizationIds: [ORGANIZATION],
    });
    const bare = parseNewUser({
      ...REQUEST,
      password: "",
      login_type: "none",
      user_status: "active",
      organization_ids: [ORGANIZATION, ORGANIZATION],
    });
    expect(bare).toMatchObject({ loginType: "none", status: "active", organizationIds: [ORGANIZATION] });
    expect(bare).not.toHaveProperty("password");
  });

  for (const { what, more, fields } of [
    { what: "no organization", more: { organization_ids: [] }, fields: ["organization_ids"] },
    { what: "a password for who needs none", more: { login_type: "none" }, fields: ["password"] },
    { what: "another way to sign in", more: { login_type: "oidc" }, fields: ["login_type"] },
    {
      what: "everything wrong at once",
      more: { email: "", username: "", name: " ", password: "" },
      fields: ["email", "username", "name", "password"],
    },
  ] satisfies readonly { what: string; more: Partial<CreateUserRequest>; fields: readonly string[] }[])
    test(`is refused with ${what}`, () => {
      const wrong = fields.map((field) => expect.objectContaining({ field }));
      expect(() => parseNewUser({ ...REQUEST, ...more })).toThrow(expect.objectContaining({ code: "invalid_input", fields: wrong }));
    });
});

describe("creating a user", () => {
  const NEW = { email: "nina@example.test", username: "nina", loginType: "none" } as const;

  test("makes memberships and a Git SSH key with it, and one entry that shows no password", async () => {
    const { owner, organizationId, core, entries } = await openCommandWorld();
    const made = await createUser(owner.access, {
      ...NEW,
      loginType: "password",
      password: "Purple monkey",
      organizationIds: [organizationId],
    });
    expect(made).toMatchObject({ username: "nina", status: "active", organization_ids: [organizationId] });
    expect(await core.db.selectFrom("git_ssh_keys").select("user_id").where("user_id", "=", made.id).execute()).toHaveLength(1);
    const [entry, ...others] = await entries();
    expect([entry, others]).toMatchObject([{ action: "create", resource_type: "user", user_id: owner.user.id }, []]);
    expect(entry?.additional_fields).toEqual({ organization_ids: [organizationId] });
    expect(JSON.stringify(entry)).not.toMatch(/argon2|Purple/);
  });

  test("is refused openly to who may not, and for roles that are not theirs to give", async () => {
    const { person, organizationId, entries } = await openCommandWorld();
    const [milo, una] = [await person("milo"), await person("una", { roles: ["user-admin"] })];
    await entries();
    const user = { ...NEW, organizationIds: [organizationId] };
    await expect(createUser(milo.access, user)).rejects.toThrow(ForbiddenError);
    await expect(createUser(una.access, { ...user, roles: ["owner"] })).rejects.toThrow(NotAllowedError);
    expect(await entries()).toEqual([]);
    expect((await createUser(una.access, user)).rbac_roles).toEqual([]);
  });

  test("leaves nothing when an organization is missing, or a name is taken", async () => {
    const { owner, organizationId, core } = await openCommandWorld();
    const missing = OrganizationId.parse(ORGANIZATION);
    await expect(createUser(owner.access, { ...NEW, organizationIds: [organizationId, missing] })).rejects.toThrow(NotFoundError);
    await expect(createUser(owner.access, { ...NEW, username: "OLIVE", organizationIds: [organizationId] })).rejects.toThrow(
      NameTakenError,
    );
    expect(await core.db.selectFrom("users").select("username").execute()).toEqual([{ username: "olive" }]);
  });

  test("with a password needs a session, or a token that may do everything", async () => {
    const { owner, organizationId, accessOf } = await openCommandWorld();
    const narrow = await accessOf(owner.user.id, {
      scopes: ["user:create", "organization:read", "organization_member:create", "assign_org_role:*"],
    });
    const user = { ...NEW, organizationIds: [organizationId] };
    await expect(createUser(narrow, { ...user, loginType: "password", password: "Purple monkey" })).rejects.toThrow(NotAllowedError);
    expect((await createUser(narrow, user)).username).toBe("nina");
  });
});
