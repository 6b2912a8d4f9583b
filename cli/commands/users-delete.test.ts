import { expect, test } from "vitest";
import { startFakeApi } from "#test/cli/fake-api.ts";

test("deletes a user after a yes; an empty answer is a no", async () => {
  await using api = await startFakeApi({ "DELETE /users/ada": {} });
  expect(await api.run(["users", "delete", "ada"], { input: "\n" })).toMatchObject({ code: 1, stderr: "" });
  expect(api.changes()).toEqual([]);
  expect(await api.run(["users", "rm", "ada"], { input: "y\n" })).toMatchObject({ code: 0, stderr: "" });
  expect(api.changes()).toEqual([["DELETE /users/ada", undefined]]);
});

test("names the user who is not there, however odd the name", async () => {
  await using api = await startFakeApi({});
  expect(await api.run(["users", "delete", "../me", "-y"])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: .*"\.\.\/me"/),
  });
  expect(api.asked.map(({ request }) => request)).toEqual(["DELETE /users/..%2Fme"]);
});
