import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { NotFoundError } from "../errors.ts";
import { OrganizationId, UserId } from "../ids.ts";
import { advisoryLock, holdOrganization, holdUser } from "./locks.ts";

const NOBODY = "5ca1ab1e-0000-4000-8000-000000000000";

test("who and what is there can be held, and what is deleted or never was cannot", async () => {
  const { core, owner, organizationId } = await openCommandWorld();
  const user = (id = owner.user.id) => core.write((tx) => holdUser(core, tx, id));
  const organization = (id = organizationId) => core.write((tx) => holdOrganization(core, tx, id));
  await Promise.all([user(), organization()]);
  await expect(user(UserId.parse(NOBODY))).rejects.toThrow(NotFoundError);
  await expect(organization(OrganizationId.parse(NOBODY))).rejects.toThrow(NotFoundError);
  await core.db.updateTable("users").set({ deleted: true }).execute();
  await core.db.updateTable("organizations").set({ deleted: true }).execute();
  await expect(user()).rejects.toThrow(NotFoundError);
  await expect(organization()).rejects.toThrow(NotFoundError);
});

test("SQLite, which runs one writing transaction at a time, is asked for no lock of a name", async () => {
  const { core } = await openCommandWorld();
  await expect(core.write((tx) => advisoryLock(core, tx, "keys"))).resolves.toBeUndefined();
});
