import { expect, test } from "vitest";
import { TEMPLATE } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const uncounted = { ...TEMPLATE, name: "kubernetes", active_user_count: -1 };

test("shows templates of every organization, and no count that the server does not have yet", async () => {
  await using api = await startFakeApi({ "GET /templates": [TEMPLATE, uncounted] });
  const { code, stdout } = await api.run(["templates", "list", "-c", "name,organization name,default ttl,used by"]);
  expect({ code, lines: stdout.split("\n") }).toEqual({
    code: 0,
    lines: [
      expect.stringMatching(/^NAME +ORGANIZATION NAME +DEFAULT TTL +USED BY$/),
      expect.stringMatching(/^docker +moon +2h +1 user$/),
      expect.stringMatching(/^kubernetes +moon +2h$/),
      "",
    ],
  });
});

test("shows those of one organization with --org", async () => {
  await using api = await startFakeApi({ "GET /organizations/moon/templates": [TEMPLATE] });
  const { stdout } = await api.run(["template", "ls", "-O", "moon", "-o", "json"]);
  expect(JSON.parse(stdout)).toEqual([TEMPLATE]);
});

test("says how to push one where there is none", async () => {
  await using api = await startFakeApi({ "GET /templates": [] });
  const { code, stdout, stderr } = await api.run(["templates", "list"]);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: expect.stringContaining("`proviso templates push`") });
});
