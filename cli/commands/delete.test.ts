import { expect, test } from "vitest";
import { BUILD, BUILD_ENDS_WELL, WORKSPACE } from "#test/cli/canned.ts";
import { refuse, startFakeApi } from "#test/cli/fake-api.ts";

const CREATE = `POST /workspaces/${WORKSPACE.id}/builds`;
const ANSWERS = { "GET /users/me/workspace/dev": WORKSPACE, [CREATE]: BUILD, ...BUILD_ENDS_WELL };

for (const { args, body } of [
  { args: [], body: { transition: "delete", reason: "cli" } },
  { args: ["--orphan"], body: { transition: "delete", reason: "cli", orphan: true } },
]) {
  test(`delete ${args.join(" ")} asks for a build that deletes`, async () => {
    await using api = await startFakeApi(ANSWERS);
    expect(await api.run(["delete", "dev", "-y", ...args])).toMatchObject({ code: 0, stderr: "" });
    expect(api.changes()).toEqual([[CREATE, body]]);
  });
}

test("deletes nothing where nobody can be asked, and names the option that answers", async () => {
  await using api = await startFakeApi(ANSWERS);
  expect(await api.run(["rm", "dev"])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: [\s\S]*--yes/) });
  expect(api.changes()).toEqual([]);
});

test("prints what the server says of a build that it does not start", async () => {
  await using api = await startFakeApi({ ...ANSWERS, [CREATE]: refuse(409, "A build is running.", { detail: "build 3" }) });
  expect(await api.run(["delete", "dev", "-y"])).toMatchObject({ code: 1, stderr: "error: A build is running.\nbuild 3\n" });
});
