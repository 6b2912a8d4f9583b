import { expect, test } from "vitest";
import { IN_MOON, ORGANIZATION } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const members = `/organizations/${ORGANIZATION.id}/members`;
const EDIT = `PUT ${members}/bob/roles`;

for (const { args, roles } of [
  { args: ["organization-admin", "organization-auditor"], roles: ["organization-admin", "organization-auditor"] },
  { args: ["--roles", "organization-admin,organization-auditor"], roles: ["organization-admin", "organization-auditor"] },
  { args: ["--roles", ""], roles: [] },
]) {
  test(`edit-roles bob ${args.join(" ")} gives ${roles.length} roles`, async () => {
    await using api = await startFakeApi({ ...IN_MOON, [EDIT]: { roles: roles.map((name) => ({ name })) } });
    const { code, stdout } = await api.run(["orgs", "members", "edit-roles", "bob", ...args]);
    expect(code).toBe(0);
    expect(stdout).toMatch(roles.length === 0 ? /bob.*moon/ : /bob.*moon.*organization-admin, organization-auditor/);
    expect(api.changes()).toEqual([[EDIT, { roles }]]);
  });
}

for (const { assignable, says } of [
  { assignable: true, says: "\torganization-admin: Admin\n" },
  { assignable: false, says: "error: " },
]) {
  test(`without roles it fails and ${assignable ? "lists" : "leaves out"} a role that the caller ${assignable ? "may" : "may not"} give`, async () => {
    const catalog = [{ name: "organization-admin", display_name: "Admin", assignable }];
    await using api = await startFakeApi({ ...IN_MOON, [`GET ${members}/roles`]: catalog });
    const { code, stderr } = await api.run(["orgs", "members", "edit-roles", "bob"]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(says) });
    expect(stderr.includes("organization-admin")).toBe(assignable);
    expect(api.changes()).toEqual([]);
  });
}
