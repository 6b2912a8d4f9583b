import { expect, test } from "vitest";
import { IN_MOON, ORGANIZATION } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const REMOVE = `DELETE /organizations/${ORGANIZATION.id}/members/bob`;

test("takes a member out after a yes", async () => {
  await using api = await startFakeApi({ ...IN_MOON, [REMOVE]: {} });
  expect((await api.run(["orgs", "members", "remove", "bob"], { input: "no\n" })).code).toBe(1);
  expect(api.changes()).toEqual([]);
  expect((await api.run(["orgs", "members", "rm", "bob"], { input: "yes\n" })).code).toBe(0);
  expect(api.changes()).toEqual([[REMOVE, undefined]]);
});

test("names the member and the organization if there is none", async () => {
  await using api = await startFakeApi(IN_MOON);
  const { code, stderr } = await api.run(["orgs", "members", "remove", "ghost", "-y"]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error: .*"ghost".*moon/) });
});
