import { expect, test } from "vitest";
import { IN_MOON, ORGANIZATION } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const DELETE = `DELETE /organizations/${ORGANIZATION.id}/provisionerkeys/farm`;

test("deletes a key after a yes", async () => {
  await using api = await startFakeApi({ ...IN_MOON, [DELETE]: {} });
  expect((await api.run(["provisioner", "keys", "delete", "farm"], { input: "no\n" })).code).toBe(1);
  expect(api.changes()).toEqual([]);
  expect((await api.run(["provisioner", "keys", "rm", "farm"], { input: "yes\n" })).code).toBe(0);
  expect(api.changes()).toEqual([[DELETE, undefined]]);
});

test("names the key that is not there, and where to look for one", async () => {
  await using api = await startFakeApi(IN_MOON);
  const { code, stderr } = await api.run(["provisioner", "keys", "delete", "ghost", "-y"]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error: .*"ghost"[\s\S]*`proviso provisioner keys list`/) });
});
