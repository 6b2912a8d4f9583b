import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { storedTemplate, storedWorkspace } from "#test/contracts/stored.ts";
import { listSiteRoles } from "../roles/read-roles.ts";
import { listTemplates } from "../templates/read-templates.ts";
import { listWorkspaces } from "../workspaces/read-workspaces.ts";
import type { Access } from "./access.ts";

/** The same access, which notes each right that was used. */
function noting({ subject, database }: Access) {
  const used: string[] = [];
  const access: Access = { subject, database, hooks: { onAllowed: (_subject, action, { type }) => used.push(`${action} ${type}`) } };
  return { access, used };
}

test("a list uses the right to its type, and that to dormant workspaces only when it shows one", async () => {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const milo = await world.person("milo");
  await storedWorkspace(world, { ...milo, ownerId: milo.user.id, template });
  const { access, used } = noting(milo.access);
  await listWorkspaces(access);
  expect(used).toEqual(["read workspace"]);
  await world.core.db.updateTable("workspaces").set({ dormant_at: world.core.now() }).execute();
  await listWorkspaces(access);
  expect(used).toEqual(["read workspace", "read workspace", "read workspace_dormant"]);
});

test("who has no right at all to a type uses none, and gets an empty list", async () => {
  const world = await openCommandWorld();
  await storedTemplate(world);
  const { access, used } = noting(await world.accessOf(world.owner.user.id, { scopes: ["workspace:read", "assign_role:read"] }));
  expect([await listTemplates(access), used]).toEqual([[], []]);
  await listSiteRoles(access);
  expect(used).toEqual(["read assign_role"]);
});
