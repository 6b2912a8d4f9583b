import { expect, test } from "vitest";
import { ADA } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const ANSWERS = { "PUT /users/ada/status/suspend": ADA, "PUT /users/ada/status/activate": ADA };

for (const { args, status } of [
  { args: ["suspend", "ada", "--yes"], status: "suspend" },
  { args: ["activate", "ada"], status: "activate" },
  { args: ["active", "ada"], status: "activate" },
]) {
  test(`users ${args.join(" ")}`, async () => {
    await using api = await startFakeApi(ANSWERS);
    expect(await api.run(["users", ...args])).toMatchObject({ code: 0, stdout: expect.stringContaining("ada"), stderr: "" });
    expect(api.changes()).toEqual([[`PUT /users/ada/status/${status}`, undefined]]);
  });
}

test("suspends nobody after a no", async () => {
  await using api = await startFakeApi(ANSWERS);
  expect((await api.run(["users", "suspend", "ada"], { input: "n\n" })).code).toBe(1);
  expect(api.changes()).toEqual([]);
});

for (const word of ["suspend", "activate"]) {
  test(`${word} names the user who is not there`, async () => {
    await using api = await startFakeApi({});
    expect(await api.run(["users", word, "ghost"], { input: "y\n" })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"ghost"'),
    });
  });
}
