import { expect, test } from "vitest";
import { IN_MOON, ORGANIZATION } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const SUN = { ...ORGANIZATION, id: "11111111-0000-4000-8000-000000000002", name: "sun" };

test("prints the id of one's only organization, and nothing else", async () => {
  await using api = await startFakeApi(IN_MOON);
  expect(await api.run(["orgs", "show", "--only-id"])).toEqual({ code: 0, stdout: `${ORGANIZATION.id}\n`, stderr: "" });
});

test("shows an organization that one is no member of, by its name", async () => {
  await using api = await startFakeApi({ "GET /organizations/sun": SUN });
  expect(await api.run(["orgs", "show", "sun", "-o", "json"])).toMatchObject({
    code: 0,
    stdout: `${JSON.stringify([SUN], undefined, 2)}\n`,
  });
});

for (const { what, mine, args, says } of [
  { what: "which of several is meant", mine: [ORGANIZATION, SUN], args: [], says: /moon, sun.*--org/ },
  { what: "that there is none of the name", mine: [ORGANIZATION], args: ["mars"], says: /"mars"[\s\S]*`proviso organizations list`/ },
  { what: "what a token lacks that sees none", mine: [], args: [], says: /organization:read/ },
]) {
  test(`says ${what}`, async () => {
    await using api = await startFakeApi({ "GET /users/me/organizations": mine });
    expect(await api.run(["orgs", "show", ...args])).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(says) });
  });
}
