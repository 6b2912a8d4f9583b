import { expect, test } from "vitest";
import { ADA } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const BOB = { ...ADA, id: "22222222-0000-4000-8000-000000000002", username: "bob" };
const ANSWERS = {
  "GET /users/me": ADA,
  "GET /users/bob": BOB,
  [`PUT /users/${ADA.id}/password`]: {},
  [`PUT /users/${BOB.id}/password`]: {},
};

test("changes one's own password with the present one, and says how to log in again", async () => {
  await using api = await startFakeApi(ANSWERS);
  const env = { PROVISO_PASSWORD: "old one", PROVISO_NEW_USER_PASSWORD: "new one" };
  const { code, stdout } = await api.run(["users", "set-password"], { env });
  expect(code).toBe(0);
  expect(stdout).toContain(`proviso login ${api.url} --email ada@example.com`);
  expect(api.changes()).toEqual([[`PUT /users/${ADA.id}/password`, { password: "new one", old_password: "old one" }]]);
});

test("asks twice for another's, and for no present one", async () => {
  await using api = await startFakeApi(ANSWERS);
  const { code, stdout } = await api.run(["users", "set-password", "bob"], { input: "new one\nnew one\n" });
  expect(code).toBe(0);
  expect(stdout).not.toContain("proviso login");
  expect(api.changes()).toEqual([[`PUT /users/${BOB.id}/password`, { password: "new one" }]]);
});

test("changes nothing if the two differ", async () => {
  await using api = await startFakeApi(ANSWERS);
  const { code, stderr } = await api.run(["users", "set-password", "bob"], { input: "new one\nnew two\n" });
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error: /) });
  expect(stderr).not.toMatch(/new (one|two)/);
  expect(api.changes()).toEqual([]);
});
