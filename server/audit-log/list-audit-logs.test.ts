import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { ForbiddenError, InvalidInputError } from "../errors.ts";
import { AuditLogId } from "../ids.ts";
import { createOrganization } from "../organizations/create-organization.ts";
import { updateOrganization } from "../organizations/update-organization.ts";
import { listAuditLogs } from "./list-audit-logs.ts";

async function open() {
  const world = await openCommandWorld();
  const lab = await createOrganization(world.owner.access, { name: "lab", displayName: "Lab" });
  await updateOrganization(world.owner.access, world.organizationId, { description: "ours" });
  return { ...world, lab };
}

test("an owner reads all, newest first, and an auditor of one organization what happened there", async () => {
  const { owner, person } = await open();
  const audrey = await person("audrey", { memberRoles: ["organization-auditor"] });
  const seen = async (access: typeof owner.access) =>
    (await listAuditLogs(access, { resourceType: "organization" })).entries.map(
      ({ action, resource_target }) => `${action} ${resource_target}`,
    );
  expect(await seen(owner.access)).toEqual(["write default", "create lab"]);
  expect(await seen(audrey.access)).toEqual(["write default"]);
});

test("who may read no log at all is refused openly", async () => {
  const { person } = await open();
  await expect(listAuditLogs((await person("milo")).access)).rejects.toThrow(ForbiddenError);
});

test("an entry of which one sees nothing is no place in the list", async () => {
  const { owner, person } = await open();
  const audrey = await person("audrey", { memberRoles: ["organization-auditor"] });
  const hidden = (await listAuditLogs(owner.access, { target: "lab" })).entries[0];
  const afterId = AuditLogId.parse(hidden?.id ?? "");
  await expect(listAuditLogs(audrey.access, {}, { afterId })).rejects.toThrow(InvalidInputError);
  expect((await listAuditLogs(owner.access, {}, { afterId })).entries.length).toBeGreaterThan(0);
});
