import { expect, test } from "vitest";
import { decide } from "#authz/decide.ts";
import { organizationMemberObject, workspaceObject } from "#authz/object.ts";
import { rolesOf } from "#authz/roles.ts";
import { FULL_SCOPE } from "#authz/scope.ts";
import { type Subject, userSubject } from "#authz/subject.ts";
import type { User } from "#server/access/person-rows.ts";
import {
  CredentialEndedError,
  ForbiddenError,
  InUseError,
  InvalidInputError,
  NameTakenError,
  NotAllowedError,
  NotFoundError,
} from "#server/errors.ts";
import type { OrganizationId, UserId } from "#server/ids.ts";
import { wish } from "#server/tokens/keys.fixture.ts";
import { DEFAULT_TOKEN_LIFETIMES } from "#server/tokens/lifetimes.ts";
import type { NewDatabase } from "./databases.ts";
import type { StoreView } from "./store-view.ts";
import { OWNER_PASSWORD, openWorld, type World } from "./world.ts";

async function subjectOf({ store }: World, id: UserId, keyId = "0123456789"): Promise<Subject> {
  const roles = await store.system.authentication.rolesOf(id);
  const credential = { kind: "session", id: keyId } as const;
  return userSubject({ id, roles: rolesOf(roles, () => {}), groups: [], scope: FULL_SCOPE, credential });
}

async function viewOf(world: World, id: UserId, keyId = "0123456789"): Promise<StoreView> {
  return world.store.as(await subjectOf(world, id, keyId));
}

let made = 0;
async function makeUser(world: World, change: Partial<Parameters<StoreView["users"]["create"]>[0]> = {}): Promise<User> {
  const username = `user-${++made}`;
  const user = { email: `${username}@example.test`, username, loginType: "none", organizationIds: [world.organizationId] } as const;
  return world.store.system.users.create({ ...user, ...change });
}

/** Since the last call, oldest first. */
async function entriesAfter({ store }: World, number: number) {
  return store.system.core.db.selectFrom("audit_logs").selectAll().where("number", ">", number).orderBy("number").execute();
}

/** Users as they are looked after, organizations and their members. */
export function membershipContract(newDatabase: NewDatabase): void {
  test("a search knows letters beyond ASCII, in either case, and takes every sign for itself", async () => {
    const world = await openWorld(newDatabase);
    const { asOwner } = world;
    const { id } = await makeUser(world, { name: "Zoë 100% [Ångström] *?_\\" });
    for (const name of ["ZOË", "zoë", "zoë 100% [ång", "ångstr", "ÅNGSTRÖM]", "100%", "[Å", "*?_\\"])
      expect(
        (await asOwner.users.list({ name })).users.map((user) => user.id),
        name,
      ).toEqual([id]);
    for (const name of ["z%", "zo_", "[a-z]", "?", "zoe", "**", "\0", "x".repeat(60_000)])
      expect(
        (await asOwner.users.list({ name })).users.filter((user) => user.id === id),
        name,
      ).toEqual(name === "?" ? [expect.anything()] : []);
  });

  test("a zero byte in a text is refused, or kept as it is", async () => {
    const world = await openWorld(newDatabase);
    const { asOwner } = world;
    const { id } = await makeUser(world);
    const settled = await Promise.allSettled([
      asOwner.users.find("a\0b"),
      asOwner.organizations.getByReference("a\0b"),
      asOwner.users.update(id, { name: "a\0b" }),
      asOwner.organizations.create({ name: "lab", displayName: "a\0b" }),
      asOwner.organizations.update(world.organizationId, { defaultMemberRoles: ["a\0b"] }),
    ]);
    for (const one of settled)
      if (one.status === "rejected" && !(one.reason instanceof NotFoundError)) expect(one.reason).toBeInstanceOf(InvalidInputError);
  });

  test("the list goes on behind a user, whatever the letter case, and counts what there is", async () => {
    const world = await openWorld(newDatabase);
    const { asOwner } = world;
    for (const username of ["b-two", "A-one", "C-three"]) await makeUser(world, { username, name: "listed" });
    const page = async (filter: object) => {
      const { users, count } = await asOwner.users.list({ name: "listed", ...filter });
      return { names: users.map(({ username }) => username), count };
    };
    expect(await page({})).toEqual({ names: ["A-one", "b-two", "C-three"], count: 3 });
    const first = (await asOwner.users.find("a-one"))?.id;
    if (first === undefined) throw new Error("it was made above");
    expect(await page({ afterId: first, limit: 1 })).toEqual({ names: ["b-two"], count: 3 });
    expect(await page({ afterId: first, offset: 1 })).toEqual({ names: ["C-three"], count: 3 });
    await expect(page({ afterId: world.owner.id })).rejects.toThrow(InvalidInputError);
    for (const empty of [{ status: [] }, { roles: [] }, { loginTypes: [] }]) expect((await page(empty)).count).toBe(0);
  });

  test("of two owners who take the role from each other at the same time, one stays", async () => {
    const world = await openWorld(newDatabase);
    for (let round = 0; round < 5; round++) {
      const [one, two] = [await makeUser(world, { roles: ["owner"] }), await makeUser(world, { roles: ["owner"] })];
      const [asOne, asTwo] = [await viewOf(world, one.id), await viewOf(world, two.id)];
      await world.store.system.core.db.updateTable("users").set({ rbac_roles: [] }).where("id", "=", world.owner.id).execute();
      const acts =
        round % 2 === 0
          ? [asOne.users.setRoles(two.id, []), asTwo.users.setRoles(one.id, [])]
          : [asOne.users.delete(two.id), asTwo.users.delete(one.id)];
      const settled = await Promise.allSettled(acts);
      expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      const { users } = await world.store.system.users.list({ roles: ["owner"] });
      expect(users).toHaveLength(1);
      for (const { id } of users)
        await world.store.system.core.db.updateTable("users").set({ rbac_roles: [] }).where("id", "=", id).execute();
    }
  });

  test("a password that two change at the same time is changed once, and every key of the user ends", async () => {
    const world = await openWorld(newDatabase);
    const asOwner = await viewOf(world, world.owner.id);
    const { id: userId } = world.owner;
    const settled = await Promise.allSettled(
      ["next", "other"].map((next) => asOwner.users.setPassword(userId, { new: next, old: OWNER_PASSWORD })),
    );
    expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await world.store.system.core.db.selectFrom("api_keys").selectAll().where("user_id", "=", userId).execute()).toEqual([]);
  });

  test("who knew a password that has just changed begins no session, and mints nothing with a key from before", async () => {
    const world = await openWorld(newDatabase);
    const { authentication, sessions } = world.store.system;
    const origin = { requestId: "", ipAddress: "", userAgent: "" };
    const begin = (user: User) => sessions.begin(user, { lifetimeSeconds: 60, origin });
    const known = await authentication.withPassword("olive@example.test", OWNER_PASSWORD);
    if (known === undefined) throw new Error("the password is right");
    const session = await begin(known);
    expect(session).toBeDefined();
    world.clock.advance(1);
    const asOwner = await viewOf(world, world.owner.id, session?.slice(0, 10));
    await asOwner.users.setPassword(known.id, { new: "next", old: OWNER_PASSWORD });
    expect(await begin(known)).toBeUndefined();
    await expect(asOwner.apiKeys.mint(known.id, wish(), { lifetimes: DEFAULT_TOKEN_LIFETIMES })).rejects.toThrow(CredentialEndedError);
    const again = await authentication.withPassword("olive@example.test", "next");
    expect(again && (await begin(again))).toBeDefined();
    const user = await makeUser(world);
    await asOwner.users.setStatus(user.id, "suspended");
    expect(await begin({ ...user, status: "suspended" })).toBeUndefined();
    await asOwner.users.delete(user.id);
    expect(await begin(user)).toBeUndefined();
    expect(await world.store.system.core.db.selectFrom("api_keys").selectAll().where("user_id", "=", user.id).execute()).toEqual([]);
  });

  test("a suspended owner is none: the last other one stays", async () => {
    const world = await openWorld(newDatabase);
    const other = await makeUser(world, { roles: ["owner"], status: "suspended" });
    const asOther = await viewOf(world, other.id);
    await expect(asOther.users.setRoles(world.owner.id, [])).rejects.toThrow("this is the last owner");
    await world.asOwner.users.setStatus(other.id, "active");
    expect((await asOther.users.setRoles(world.owner.id, [])).rbac_roles).toEqual([]);
  });

  test("an organization's name is free again after its deletion, and its members are none any more", async () => {
    const world = await openWorld(newDatabase);
    const { asOwner } = world;
    const named = { name: "lab", displayName: "Lab" };
    const first = await asOwner.organizations.create(named);
    await expect(asOwner.organizations.create({ ...named, name: "LAB" })).rejects.toThrow(NameTakenError);
    const user = await makeUser(world, { organizationIds: [first.id] });
    expect(user.organization_ids).toEqual([first.id]);
    await asOwner.organizations.delete(first.id);
    expect((await asOwner.users.get(user.id)).organization_ids).toEqual([]);
    expect((await world.store.system.authentication.rolesOf(user.id)).organizations).toEqual([]);
    await expect(asOwner.organizations.get(first.id)).rejects.toThrow(NotFoundError);
    await expect(asOwner.organizationMembers.list(first.id)).rejects.toThrow(NotFoundError);
    await expect(asOwner.organizationMembers.add(first.id, user.id)).rejects.toThrow(NotFoundError);
    await expect(asOwner.organizations.update(first.id, {})).rejects.toThrow(NotFoundError);
    expect((await asOwner.organizations.create(named)).id).not.toBe(first.id);
    const keyed = await asOwner.provisionerKeys.list(first.id);
    expect(keyed).toEqual([]);
  });

  test("a member is one once, however many add it at a time, and none after its removal", async () => {
    const world = await openWorld(newDatabase);
    const { asOwner } = world;
    const { id } = await asOwner.organizations.create({ name: "lab", displayName: "Lab" });
    const user = await makeUser(world);
    const tries = await Promise.allSettled([1, 2, 3].map(() => asOwner.organizationMembers.add(id, user.id)));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const one of tries) if (one.status === "rejected") expect(one.reason).toBeInstanceOf(InvalidInputError);
    expect((await asOwner.organizationMembers.list(id)).count).toBe(2);
    await asOwner.organizationMembers.remove(id, user.id);
    await expect(asOwner.organizationMembers.get(id, user.id)).rejects.toThrow(NotFoundError);
    await asOwner.organizationMembers.add(id, user.id);
    await asOwner.users.delete(user.id);
    expect((await asOwner.organizationMembers.list(id)).count).toBe(1);
    await expect(asOwner.organizationMembers.add(id, user.id)).rejects.toThrow(NotFoundError);
  });

  test("whose roles and membership change must be theirs to change", async () => {
    const world = await openWorld(newDatabase);
    const { asOwner, organizationId } = world;
    const [manager, admin, ordinary] = [await makeUser(world), await makeUser(world), await makeUser(world)];
    await asOwner.organizationMembers.setRoles(organizationId, manager.id, ["organization-user-admin"]);
    await asOwner.organizationMembers.setRoles(organizationId, admin.id, ["organization-admin"]);
    const members = (await viewOf(world, manager.id)).organizationMembers;
    await expect(members.setRoles(organizationId, ordinary.id, ["organization-admin"])).rejects.toThrow(NotAllowedError);
    await expect(members.setRoles(organizationId, admin.id, [])).rejects.toThrow(NotAllowedError);
    await expect(members.remove(organizationId, admin.id)).rejects.toThrow(NotAllowedError);
    await expect(members.setRoles(organizationId, manager.id, [])).rejects.toThrow(InvalidInputError);
    const given = await members.setRoles(organizationId, ordinary.id, ["organization-workspace-access", "organization-member"]);
    expect(given.roles).toEqual(["organization-workspace-access"]);
    await members.remove(organizationId, ordinary.id);
    const asOrdinary = await viewOf(world, admin.id);
    await expect(asOrdinary.users.setRoles(manager.id, ["auditor"])).rejects.toThrow(ForbiddenError);
  });

  test("lists of members, and of possible owners, show what decide allows", async () => {
    const world = await openWorld(newDatabase);
    const { asOwner, organizationId, store } = world;
    const lab = await asOwner.organizations.create({ name: "lab", displayName: "Lab" });
    const users = [
      await makeUser(world),
      await makeUser(world, { organizationIds: [organizationId, lab.id] }),
      await makeUser(world, { organizationIds: [lab.id] }),
      await makeUser(world, { roles: ["auditor"] }),
      await makeUser(world, { roles: ["user-admin"], organizationIds: [lab.id] }),
    ];
    await asOwner.organizationMembers.setRoles(organizationId, users[0]?.id ?? world.owner.id, ["organization-admin"]);
    await asOwner.organizationMembers.setRoles(lab.id, users[2]?.id ?? world.owner.id, ["organization-workspace-creation-ban"]);
    for (const workspaceSharing of ["everyone", "none"] as const) {
      await asOwner.organizations.update(lab.id, { workspaceSharing });
      for (const { id } of [world.owner, ...users]) {
        const subject = await subjectOf(world, id);
        for (const organization of [organizationId, lab.id]) {
          const all = await memberIds(world, organization);
          const shown = all.filter((userId) => allows(subject, "read", userId, organization));
          const list = store.as(subject).organizationMembers.list(organization);
          if (!subject.roles.some((role) => role.byOrganization.has(organization)) && shown.length === 0) {
            await expect(list).rejects.toThrow(NotFoundError);
            continue;
          }
          const { members, count } = await list;
          expect([members.map(({ user_id }) => user_id).sort(), count]).toEqual([shown.sort(), shown.length]);
          const owners = await store.as(subject).organizationMembers.possibleOwners(organization);
          const possible = shown.filter((ownerId) => {
            const workspace = workspaceObject({ ownerId, organizationId: organization });
            return decide(subject, "create", workspace).kind === "allowed";
          });
          expect(owners.map(({ user_id }) => user_id).sort()).toEqual(possible.sort());
        }
      }
    }
  });

  test("every change leaves an entry that says what changed, and a refused one leaves none", async () => {
    const world = await openWorld(newDatabase);
    const asOwner = await viewOf(world, world.owner.id);
    const { users, organizations, organizationMembers } = asOwner;
    const first = (await entriesAfter(world, 0)).at(-1)?.number ?? 0;
    const secret = "a password that nobody reads";
    const organizationIds = [world.organizationId];
    const { id } = await users.create({ email: "e@x.test", username: "entry", loginType: "password", password: secret, organizationIds });
    await users.update(id, { name: "En Try" });
    await users.setStatus(id, "suspended");
    await users.setRoles(id, ["auditor"]);
    await users.setPassword(id, { new: `${secret} now` });
    const lab = await organizations.create({ name: "lab", displayName: "Lab" });
    await organizations.update(lab.id, { defaultMemberRoles: [], workspaceSharing: "none" });
    await organizationMembers.add(lab.id, id);
    await organizationMembers.setRoles(lab.id, id, ["organization-auditor"]);
    await organizationMembers.remove(lab.id, id);
    await organizations.delete(lab.id);
    await users.delete(id);
    const refused = [users.setRoles(world.owner.id, []), users.delete(world.owner.id), organizations.delete(world.organizationId)];
    expect((await Promise.allSettled(refused)).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    const entries = await entriesAfter(world, first);
    expect(entries.map(({ action, resource_type, resource_target }) => `${action} ${resource_type} ${resource_target}`)).toEqual([
      "create user entry",
      "write user entry",
      "write user entry",
      "write user entry",
      "write user entry",
      "create organization lab",
      "write organization lab",
      "create organization_member entry",
      "write organization_member entry",
      "delete organization_member entry",
      "delete organization lab",
      "delete user entry",
    ]);
    const [, named, suspended, promoted, password, , settings, , roles] = entries.map(({ diff }) => diff);
    expect(named).toEqual({ name: { old: "", new: "En Try", secret: false } });
    expect(suspended).toEqual({ status: { old: "active", new: "suspended", secret: false } });
    expect(promoted).toEqual({ rbac_roles: { old: [], new: ["auditor"], secret: false } });
    expect(password).toEqual({ hashed_password: { old: "", new: "", secret: true } });
    expect(settings).toEqual({
      default_member_roles: { old: ["organization-workspace-access"], new: [], secret: false },
      workspace_sharing: { old: "everyone", new: "none", secret: false },
    });
    expect(roles).toEqual({ roles: { old: [], new: ["organization-auditor"], secret: false } });
    expect(new Set(entries.map(({ user_id }) => user_id))).toEqual(new Set([world.owner.id]));
    expect(JSON.stringify(entries)).not.toMatch(/argon2|nobody reads/);
  });

  test("an organization with a template, and a member with a workspace, are in use", async () => {
    const world = await openWorld(newDatabase);
    const { asOwner, store } = world;
    const lab = await asOwner.organizations.create({ name: "lab", displayName: "Lab" });
    const file = await asOwner.files.create({ createdBy: world.owner.id, mimetype: "application/x-tar", data: Buffer.from("x") });
    const version = await asOwner.templateVersions.create({ organizationId: lab.id, fileId: file.id, provisioner: "terraform" });
    await store.system.core.db
      .updateTable("provisioner_jobs")
      .set({ started_at: new Date(), completed_at: new Date() })
      .where("id", "=", version.job_id)
      .execute();
    const template = await asOwner.templates.create({ organizationId: lab.id, versionId: version.id, name: "held" });
    await expect(asOwner.organizations.delete(lab.id)).rejects.toThrow(InUseError);
    await asOwner.templates.delete(template.id);
    await asOwner.organizations.delete(lab.id);
  });
}

async function memberIds({ store }: World, organizationId: OrganizationId): Promise<UserId[]> {
  const rows = await store.system.core.db
    .selectFrom("organization_members")
    .select("user_id")
    .where("organization_id", "=", organizationId)
    .execute();
  return rows.map(({ user_id }) => user_id);
}

function allows(subject: Subject, action: "read", userId: UserId, organizationId: OrganizationId): boolean {
  return decide(subject, action, organizationMemberObject({ userId, organizationId })).kind === "allowed";
}
