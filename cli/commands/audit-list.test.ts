import { expect, test } from "vitest";
import { ADA, ORGANIZATION } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const ENTRY = {
  id: "77777777-0000-4000-8000-000000000001",
  time: "2026-01-01T00:00:00.5Z",
  user: ADA,
  action: "write",
  resource_type: "template",
  resource_target: "docker",
  diff: { name: {}, icon: {} },
  status_code: 200,
  api_key_id: "aB3dE5gH7j",
  ip: "10.0.0.1",
  organization: ORGANIZATION,
  description: "ada updated template docker",
};
const { user: _, ...BY_NOBODY } = ENTRY;

test("shows who changed what, and with which key", async () => {
  await using api = await startFakeApi({ "GET /audit": { audit_logs: [ENTRY, { ...BY_NOBODY, action: "delete" }], count: 2 } });
  const { code, stdout } = await api.run(["audit", "list", "-c", "time,user,action,type,target,changed,status,key id"]);
  expect({ code, lines: stdout.split("\n") }).toEqual({
    code: 0,
    lines: [
      expect.stringMatching(/^TIME +USER +ACTION +TYPE +TARGET +CHANGED +STATUS +KEY ID$/),
      expect.stringMatching(/^2026-01-01T00:00:00Z +ada +write +template +docker +name, icon +200 +aB3dE5gH7j$/),
      expect.stringMatching(/^2026-01-01T00:00:00Z +delete +template/),
      "",
    ],
  });
});

test("hands on what is searched for, and how much", async () => {
  await using api = await startFakeApi({ "GET /audit": { audit_logs: [ENTRY], count: 1 } });
  const { stdout } = await api.run(["audit", "ls", "--search", "username:ada action:write", "-l", "7", "-o", "json"]);
  expect(JSON.parse(stdout)).toEqual([ENTRY]);
  expect(api.queryOf("GET /audit")).toMatchObject({ q: "username:ada action:write", limit: "7" });
});

for (const limit of ["0", "-1", "many", "1.5"]) {
  test(`refuses a limit of ${limit}`, async () => {
    await using api = await startFakeApi({});
    expect(await api.run(["audit", "list", `--limit=${limit}`])).toMatchObject({ code: 1, stderr: expect.stringContaining("at least 1") });
    expect(api.asked).toEqual([]);
  });
}

test("prints no table without entries", async () => {
  await using api = await startFakeApi({ "GET /audit": { audit_logs: [], count: 0 } });
  expect(await api.run(["audit", "list"])).toMatchObject({ code: 0, stdout: "", stderr: expect.stringMatching(/./) });
});
