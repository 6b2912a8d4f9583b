import { expect, test } from "vitest";
import { ADA, IN_MOON, ORGANIZATION } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const MEMBER = {
  ...ADA,
  user_id: ADA.id,
  organization_id: ORGANIZATION.id,
  roles: [{ name: "organization-admin" }],
  global_roles: ADA.roles,
};
const LIST = `GET /organizations/${ORGANIZATION.id}/members`;

test("tells the roles in the organization from those on the site", async () => {
  await using api = await startFakeApi({ ...IN_MOON, [LIST]: [MEMBER] });
  const { code, stdout } = await api.run(["orgs", "members", "list", "-c", "username,organization roles,site roles"]);
  expect({ code, lines: stdout.split("\n") }).toEqual({
    code: 0,
    lines: [
      expect.stringMatching(/^USERNAME +ORGANIZATION ROLES +SITE ROLES$/),
      expect.stringMatching(/^ada +organization-admin +owner$/),
      "",
    ],
  });
});

test("lists another organization's members with --org or CODER_ORGANIZATION", async () => {
  await using api = await startFakeApi({ "GET /organizations/moon": ORGANIZATION, [LIST]: [MEMBER] });
  const expected = { code: 0, stdout: `${JSON.stringify([MEMBER], undefined, 2)}\n`, stderr: "" };
  expect(await api.run(["orgs", "members", "ls", "--org", "moon", "-o", "json"])).toEqual(expected);
  expect(await api.run(["orgs", "members", "ls", "-o", "json"], { env: { CODER_ORGANIZATION: "moon" } })).toEqual(expected);
});
