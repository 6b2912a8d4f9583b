import { expect, test } from "vitest";
import { ORGANIZATION } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

test("lists organizations by every name of the command", async () => {
  await using api = await startFakeApi({ "GET /organizations": [ORGANIZATION] });
  for (const name of ["organizations", "organization", "orgs", "org"]) {
    const { code, stdout } = await api.run([name, "list"]);
    expect({ code, lines: stdout.split("\n") }).toEqual({
      code: 0,
      lines: [expect.stringMatching(/^NAME +DISPLAY NAME +ID +DEFAULT$/), expect.stringMatching(/^moon +The Moon +1{8}-\S+ +true$/), ""],
    });
  }
});

test("is an empty list in JSON, and no table, where there is none", async () => {
  await using api = await startFakeApi({ "GET /organizations": [] });
  expect(await api.run(["orgs", "ls"])).toMatchObject({ code: 0, stdout: "", stderr: expect.stringMatching(/./) });
  expect(await api.run(["orgs", "ls", "-o", "json"])).toMatchObject({ code: 0, stdout: "[]\n", stderr: "" });
});
