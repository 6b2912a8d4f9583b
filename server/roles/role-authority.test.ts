import { describe, expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import type { Access } from "../access/access.ts";
import type { Context } from "../access/context.ts";
import { createGuard } from "../access/guard.ts";
import { ForbiddenError, InvalidInputError, NotAllowedError, NotFoundError } from "../errors.ts";
import { OrganizationId } from "../ids.ts";
import { keepAnOwner, requireAssignable, requireNewMember } from "./role-authority.ts";

const contextOf = ({ subject, database }: Access): Context => ({ ...database, guard: createGuard(subject) });

describe("a change of roles", () => {
  test("needs the right to give for what is given, and to take for what is taken", async () => {
    const { owner, accessOf } = await openCommandWorld();
    const giving = contextOf(await accessOf(owner.user.id, { scopes: ["assign_role:assign"] }));
    expect(() => requireAssignable(giving, { assign: ["auditor"] })).not.toThrow();
    expect(() => requireAssignable(giving, { assign: ["auditor"], unassign: ["template-admin"] })).toThrow(ForbiddenError);
    const taking = contextOf(await accessOf(owner.user.id, { scopes: ["assign_role:unassign"] }));
    expect(() => requireAssignable(taking, { assign: [], unassign: ["auditor"] })).not.toThrow();
    expect(() => requireAssignable(taking, { assign: [] })).toThrow(ForbiddenError);
  });

  test("needs each role to be the caller's to give, in that organization", async () => {
    const { person, organizationId } = await openCommandWorld();
    const context = contextOf((await person("mona", { memberRoles: ["organization-user-admin"] })).access);
    expect(() => requireAssignable(context, { assign: ["organization-workspace-access"] }, organizationId)).not.toThrow();
    expect(() => requireAssignable(context, { assign: ["organization-admin"] }, organizationId)).toThrow(NotAllowedError);
    const elsewhere = OrganizationId.parse("5ca1ab1e-0000-4000-8000-000000000000");
    expect(() => requireAssignable(context, { assign: ["organization-workspace-access"] }, elsewhere)).toThrow(ForbiddenError);
  });
});

test("a new member needs an organization that is there, and a caller who may let somebody in", async () => {
  const { person, organizationId, owner } = await openCommandWorld();
  const letIn = (access: Access, id: OrganizationId) => {
    const context = contextOf(access);
    return context.write((tx) => requireNewMember(context, tx, id));
  };
  await expect(letIn(owner.access, organizationId)).resolves.toBeUndefined();
  await expect(letIn(owner.access, OrganizationId.parse("5ca1ab1e-0000-4000-8000-000000000000"))).rejects.toThrow(NotFoundError);
  await expect(letIn((await person("milo")).access, organizationId)).rejects.toThrow(ForbiddenError);
});

test("an owner may leave when another one is there, who is neither suspended nor deleted", async () => {
  const { person, owner, core } = await openCommandWorld();
  const leave = () => core.write((tx) => keepAnOwner(core, tx, owner.user.id));
  await expect(leave()).rejects.toThrow(InvalidInputError);
  const { id } = (await person("otto", { roles: ["owner"] })).user;
  await expect(leave()).resolves.toBeUndefined();
  for (const set of [{ status: "suspended" }, { status: "active", deleted: true }] as const) {
    await core.db.updateTable("users").set(set).where("id", "=", id).execute();
    await expect(leave()).rejects.toThrow(InvalidInputError);
  }
});
