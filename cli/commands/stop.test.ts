import { expect, test } from "vitest";
import { BUILD, BUILD_ENDS_WELL, JOB, WORKSPACE } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const CREATE = `POST /workspaces/${WORKSPACE.id}/builds`;
const ANSWERS = { "GET /users/me/workspace/dev": WORKSPACE, [CREATE]: BUILD, ...BUILD_ENDS_WELL };

for (const { what, args, input } of [
  { what: "after a yes", args: [], input: "yes\n" },
  { what: "without a question with --yes", args: ["--yes"], input: "" },
]) {
  test(`stops ${what}`, async () => {
    await using api = await startFakeApi(ANSWERS);
    const { code, stdout } = await api.run(["stop", "dev", ...args], { input });
    expect(code).toBe(0);
    expect(stdout.includes("(yes/no)")).toBe(input !== "");
    expect(api.changes()).toEqual([[CREATE, { transition: "stop", reason: "cli" }]]);
  });
}

test("does nothing after a no, silently", async () => {
  await using api = await startFakeApi(ANSWERS);
  expect(await api.run(["stop", "dev"], { input: "no\n" })).toMatchObject({ code: 1, stderr: "" });
  expect(api.changes()).toEqual([]);
});

test("fails with the job's own error, Terraform's further lines below it", async () => {
  const failed = { ...BUILD, job: { ...JOB, status: "failed", error: "Error: no such container\n\n  on main.tf line 3" } };
  await using api = await startFakeApi({ ...ANSWERS, [`GET /workspacebuilds/${BUILD.id}`]: failed });
  const { code, stderr } = await api.run(["stop", "dev", "-y"]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: "error: no such container\n\n  on main.tf line 3\n" });
});
