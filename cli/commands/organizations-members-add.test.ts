import { expect, test } from "vitest";
import { IN_MOON, ORGANIZATION } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const ADD = `POST /organizations/${ORGANIZATION.id}/members/bob`;

test("adds a user to one's only organization", async () => {
  await using api = await startFakeApi({ ...IN_MOON, [ADD]: {} });
  expect(await api.run(["orgs", "members", "add", "bob"])).toMatchObject({ code: 0, stdout: expect.stringMatching(/bob.*moon/) });
  expect(api.changes()).toEqual([[ADD, undefined]]);
});

test("names the user who is not there, and where to look for one", async () => {
  await using api = await startFakeApi(IN_MOON);
  const { code, stderr } = await api.run(["orgs", "members", "add", "ghost"]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error: .*"ghost"[\s\S]*`proviso users list`/) });
});
