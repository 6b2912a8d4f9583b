import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { ForbiddenError, InvalidInputError, NotFoundError } from "../errors.ts";
import { JOB_KINDS } from "../features.ts";
import { endOrganizationJobs } from "../provisioning/end-organization.ts";
import { createOrganization } from "./create-organization.ts";
import { deleteOrganization } from "./delete-organization.ts";
import { getOrganization } from "./read-organizations.ts";

const ends = [endOrganizationJobs(JOB_KINDS)];

test("it frees the name, and leaves neither members nor provisioner keys behind", async () => {
  const { owner, core, entries } = await openCommandWorld();
  const lab = await createOrganization(owner.access, { name: "lab", displayName: "Lab" });
  const key = { organization_id: lab.id, name: "k", hashed_secret: Buffer.from([1]), tags: {}, created_at: core.now() };
  await core.db
    .insertInto("provisioner_keys")
    .values({ id: core.newId(), ...key })
    .execute();
  await entries();
  await deleteOrganization(owner.access, ends, lab.id);
  for (const table of ["organization_members", "provisioner_keys"] as const) {
    const rows = await core.db.selectFrom(table).select("organization_id").where("organization_id", "=", lab.id).execute();
    expect(rows, table).toEqual([]);
  }
  expect(await entries()).toMatchObject([{ action: "delete", resource_target: "lab" }]);
  await expect(getOrganization(owner.access, lab.id)).rejects.toThrow(NotFoundError);
  expect((await createOrganization(owner.access, { name: "lab", displayName: "" })).id).not.toBe(lab.id);
});

test("the default one stays, and is refused openly to its members, and another is hidden from them", async () => {
  const { owner, person, organizationId } = await openCommandWorld();
  const milo = await person("milo");
  const lab = await createOrganization(owner.access, { name: "lab", displayName: "Lab" });
  await expect(deleteOrganization(owner.access, [], organizationId)).rejects.toThrow(InvalidInputError);
  await expect(deleteOrganization(milo.access, [], organizationId)).rejects.toThrow(ForbiddenError);
  await expect(deleteOrganization(milo.access, [], lab.id)).rejects.toThrow(NotFoundError);
});
