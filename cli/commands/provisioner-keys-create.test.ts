import { expect, test } from "vitest";
import { IN_MOON, ORGANIZATION } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const CREATE = `POST /organizations/${ORGANIZATION.id}/provisionerkeys`;

for (const { args, tags } of [
  { args: [], tags: {} },
  { args: ["-t", "gpu=yes", "--tag", "zone=a"], tags: { gpu: "yes", zone: "a" } },
]) {
  test(`keys create farm ${args.join(" ")} prints the key and nothing else on stdout`, async () => {
    await using api = await startFakeApi({ ...IN_MOON, [CREATE]: { key: "the-new-key" } });
    const { code, stdout, stderr } = await api.run(["provisioner", "keys", "create", "farm", ...args]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "the-new-key\n" });
    expect(stderr).toMatch(/farm.*moon[\s\S]*CODER_PROVISIONER_DAEMON_KEY/);
    expect(api.changes()).toEqual([[CREATE, { name: "farm", tags }]]);
  });
}

test("refuses a tag without a value", async () => {
  await using api = await startFakeApi({});
  expect(await api.run(["provisioner", "keys", "create", "farm", "-t", "gpu"])).toMatchObject({ code: 1, stdout: "" });
  expect(api.asked).toEqual([]);
});
