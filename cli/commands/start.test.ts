import { expect, test } from "vitest";
import { BUILD, BUILD_ENDS_WELL, WORKSPACE } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const STOPPED = { ...WORKSPACE, latest_build: { ...BUILD, status: "stopped" } };
const CREATE = `POST /workspaces/${WORKSPACE.id}/builds`;
const ANSWERS = { "GET /users/me/workspace/dev": STOPPED, [CREATE]: BUILD, ...BUILD_ENDS_WELL };

test("starts a build and shows its log until it has ended", async () => {
  await using api = await startFakeApi(ANSWERS);
  const { code, stdout, stderr } = await api.run(["start", "dev"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/==> ⧗ Starting workspace\n.* applied\n=== ✔ Starting workspace[\s\S]*\bdev\b/);
  expect(api.changes()).toEqual([[CREATE, { transition: "start", reason: "cli" }]]);
});

test("hands on new values of parameters, and does not wait when told so", async () => {
  await using api = await startFakeApi(ANSWERS);
  const { code } = await api.run(["start", "dev", "--no-wait", "--parameter", "size=big", "--parameter", "zone="]);
  expect(code).toBe(0);
  const values = [
    { name: "size", value: "big" },
    { name: "zone", value: "" },
  ];
  expect(api.changes()).toEqual([[CREATE, { transition: "start", reason: "cli", rich_parameter_values: values }]]);
  expect(api.asked.at(-1)?.request).toBe(CREATE);
});

test("leaves a workspace alone that runs", async () => {
  await using api = await startFakeApi({ ...ANSWERS, "GET /users/me/workspace/dev": WORKSPACE });
  expect(await api.run(["start", "dev"])).toMatchObject({ code: 0, stdout: expect.stringContaining("dev"), stderr: "" });
  expect(api.changes()).toEqual([]);
});

test("refuses a parameter without a value", async () => {
  await using api = await startFakeApi(ANSWERS);
  expect(await api.run(["start", "dev", "--parameter", "size"])).toMatchObject({ code: 1, stderr: expect.stringContaining("name=value") });
  expect(api.asked).toEqual([]);
});
