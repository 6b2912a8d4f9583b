import { expect, test } from "vitest";
import { BUILD, BUILD_ENDS_WELL, WORKSPACE } from "#test/cli/canned.ts";
import { refuse, startFakeApi } from "#test/cli/fake-api.ts";

const CREATE = `POST /workspaces/${WORKSPACE.id}/builds`;
const ANSWERS = { "GET /users/me/workspace/dev": WORKSPACE, [CREATE]: BUILD, ...BUILD_ENDS_WELL };

for (const { available, warns } of [
  { available: 0, warns: true },
  { available: 1, warns: false },
]) {
  test(`${warns ? "warns" : "does not warn"} of a build for which ${available} daemons are online`, async () => {
    await using api = await startFakeApi({ ...ANSWERS, [CREATE]: { ...BUILD, matched_provisioners: { available, count: 1 } } });
    const { code, stderr } = await api.run(["stop", "dev", "-y"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(warns ? /^warning: .*owner= scope=organization/ : /^$/);
  });
}

test("ends with the server's words if the build cannot be watched", async () => {
  await using api = await startFakeApi({ ...ANSWERS, [`GET /workspacebuilds/${BUILD.id}`]: refuse(403, "Forbidden.") });
  expect(await api.run(["stop", "dev", "-y"])).toMatchObject({ code: 1, stderr: "error: Forbidden.\n" });
});
