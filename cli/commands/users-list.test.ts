import { expect, test } from "vitest";
import { ADA } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

test("shows the columns that were asked for, times to the second", async () => {
  await using api = await startFakeApi({ "GET /users": { users: [ADA], count: 1 } });
  const { code, stdout } = await api.run([
    "users",
    "list",
    "-c",
    "username,roles",
    "-c",
    "last seen at,created at",
    "--search",
    "role:owner",
  ]);
  expect(code).toBe(0);
  expect(stdout.split("\n")).toEqual([
    expect.stringMatching(/^USERNAME +ROLES +LAST SEEN AT +CREATED AT$/),
    expect.stringMatching(/^ada +owner +never +2026-01-01T00:00:00Z$/),
    "",
  ]);
  expect(api.queryOf("GET /users")?.q).toBe("role:owner");
});

test("fetches page after page until it has as many as there are", async () => {
  await using api = await startFakeApi({ "GET /users": { users: [ADA], count: 3 } });
  const { stdout } = await api.run(["users", "ls", "-o", "json"]);
  expect(JSON.parse(stdout)).toEqual([ADA, ADA, ADA]);
  expect(api.asked.map(({ query }) => query.offset)).toEqual(["0", "1", "2"]);
});

test("names the columns there are, when asked for another", async () => {
  await using api = await startFakeApi({ "GET /users": { users: [ADA], count: 1 } });
  const { code, stdout, stderr } = await api.run(["users", "list", "-c", "age"]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^error: .*"age".*username, name, email/);
});

test("a list of nobody is no table", async () => {
  await using api = await startFakeApi({ "GET /users": { users: [], count: 0 } });
  expect(await api.run(["users", "list"])).toMatchObject({ code: 0, stdout: "", stderr: expect.stringMatching(/./) });
});
