import { expect, test } from "vitest";
import { ORGANIZATION } from "#test/cli/canned.ts";
import { refuse, startFakeApi } from "#test/cli/fake-api.ts";

for (const { args, body } of [
  { args: [], body: { name: "moon" } },
  {
    args: ["--display-name", "The Moon", "--description", "far away"],
    body: { name: "moon", display_name: "The Moon", description: "far away" },
  },
  { args: ["--display-name", ""], body: { name: "moon" } },
]) {
  test(`orgs create moon ${args.join(" ")}`, async () => {
    await using api = await startFakeApi({ "POST /organizations": ORGANIZATION });
    const { code, stdout } = await api.run(["orgs", "create", "moon", ...args]);
    expect(code).toBe(0);
    expect(stdout).toContain(`moon (${ORGANIZATION.id})`);
    expect(api.changes()).toEqual([["POST /organizations", body]]);
  });
}

test("prints the reason of a refusal", async () => {
  await using api = await startFakeApi({ "POST /organizations": refuse(403, "Forbidden.", { detail: "role: none allows it" }) });
  expect(await api.run(["orgs", "create", "moon"])).toEqual({ code: 1, stdout: "", stderr: "error: Forbidden.\nrole: none allows it\n" });
});
