import { expect, test } from "vitest";
import { ADA } from "#test/cli/canned.ts";
import { refuse, startFakeApi } from "#test/cli/fake-api.ts";

test("shows one user", async () => {
  await using api = await startFakeApi({ "GET /users/ada": ADA });
  const { code, stdout } = await api.run(["users", "show", "ada"]);
  expect(code).toBe(0);
  for (const cell of ["ada", "Ada Lovelace", "ada@example.com", "active", "owner", "never", ADA.id]) expect(stdout).toContain(cell);
  expect(JSON.parse((await api.run(["users", "show", "ada", "-o", "json"])).stdout)).toEqual([ADA]);
});

test("takes the API's word for a bad name for a user who is not there", async () => {
  const unknown = refuse(400, "Invalid user.", { validations: [{ field: "user", detail: "no such user" }] });
  await using api = await startFakeApi({ "GET /users/ghost": unknown });
  const { code, stderr } = await api.run(["users", "show", "ghost"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: .*"ghost".*\n.*`proviso users list`/);
});
