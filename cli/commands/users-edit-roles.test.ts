import { expect, test } from "vitest";
import { ADA } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const EDIT = "PUT /users/ada/roles";

for (const { given, roles, shown } of [
  { given: "owner, auditor", roles: ["owner", "auditor"], shown: "owner, auditor" },
  { given: "", roles: [], shown: "ada" },
]) {
  test(`--roles "${given}" replaces all roles`, async () => {
    await using api = await startFakeApi({ [EDIT]: { ...ADA, roles: roles.map((name) => ({ name })) } });
    const { code, stdout } = await api.run(["users", "edit-roles", "ada", "--roles", given, "-y"]);
    expect(code).toBe(0);
    expect(stdout).toContain(shown);
    expect(api.changes()).toEqual([[EDIT, { roles }]]);
  });
}

test("tells whoever names no roles which ones there are to give", async () => {
  const catalog = [
    { name: "auditor", display_name: "Auditor", assignable: true },
    { name: "owner", display_name: "Owner", assignable: false },
  ];
  await using api = await startFakeApi({ "GET /users/roles": catalog });
  const { code, stderr } = await api.run(["users", "edit-roles", "ada"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: .*--roles[\s\S]*\n\tauditor: Auditor\n$/);
});

test("refuses an empty name between commas", async () => {
  await using api = await startFakeApi({});
  expect(await api.run(["users", "edit-roles", "ada", "--roles", "owner,,"])).toMatchObject({ code: 1, stdout: "" });
  expect(api.asked).toEqual([]);
});
