import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { NotFoundError } from "../errors.ts";
import { createOrganization } from "./create-organization.ts";
import { organizationInPath } from "./organization-in-path.ts";

test("one's own needs no scope, another needs the right to read it", async () => {
  const { owner, person, accessOf, organizationId } = await openCommandWorld();
  const lab = await createOrganization(owner.access, { name: "lab", displayName: "Lab" });
  const milo = await person("milo");
  const narrow = await accessOf(milo.user.id, { scopes: ["workspace:read"] });
  expect(await organizationInPath(narrow, "default")).toBe(organizationId);
  const audrey = await person("audrey", { roles: ["auditor"] });
  expect(await organizationInPath(audrey.access, "lab")).toBe(lab.id);
  await expect(organizationInPath(milo.access, "lab")).rejects.toThrow(NotFoundError);
});
