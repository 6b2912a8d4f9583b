import { expect, test } from "vitest";
import { IN_MOON, ORGANIZATION } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const LIST = `GET /organizations/${ORGANIZATION.id}/provisionerkeys`;
const KEY = {
  id: "88888888-0000-4000-8000-000000000001",
  name: "gpu-farm",
  created_at: "2026-01-01T00:00:00Z",
  tags: { zone: "b", gpu: "yes" },
};

test("lists keys with their tags in order", async () => {
  await using api = await startFakeApi({ ...IN_MOON, [LIST]: [KEY] });
  const { code, stdout } = await api.run(["provisioner", "keys", "list"]);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^CREATED AT +NAME +TAGS\n2026-01-01T00:00:00Z +gpu-farm +gpu=yes zone=b\n$/),
  });
  expect(JSON.parse((await api.run(["provisioners", "key", "ls", "-o", "json"])).stdout)).toEqual([KEY]);
});

test("prints no table without keys", async () => {
  await using api = await startFakeApi({ ...IN_MOON, [LIST]: [] });
  expect(await api.run(["provisioner", "keys", "list"])).toMatchObject({ code: 0, stdout: "", stderr: expect.stringMatching(/./) });
});
