import { expect, test } from "vitest";
import { ADA, IN_MOON, JOB, ORGANIZATION, TEMPLATE } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const version = (id: string, name: string, archived: boolean) => ({
  ...{ id, name, archived },
  created_at: "2026-01-01T00:00:00Z",
  created_by: ADA,
  job: JOB,
});
const ANSWERS = {
  ...IN_MOON,
  [`GET /organizations/${ORGANIZATION.id}/templates/docker`]: TEMPLATE,
  [`GET /templates/${TEMPLATE.id}/versions`]: [version(TEMPLATE.active_version_id, "calm_otter", false), version("x", "old_owl", true)],
};

test("marks the active version, and leaves out archived ones", async () => {
  await using api = await startFakeApi(ANSWERS);
  const { code, stdout } = await api.run(["templates", "versions", "list", "docker"]);
  expect({ code, lines: stdout.split("\n") }).toEqual({
    code: 0,
    lines: [
      expect.stringMatching(/^NAME +CREATED AT +CREATED BY +STATUS +ACTIVE$/),
      expect.stringMatching(/^calm_otter +2026-01-01T00:00:00Z +ada +succeeded +Active$/),
      "",
    ],
  });
});

test("shows archived ones when asked for them", async () => {
  await using api = await startFakeApi(ANSWERS);
  const { stdout } = await api.run(["template", "version", "ls", "docker", "--include-archived", "-o", "json"]);
  expect(JSON.parse(stdout)).toMatchObject([
    { name: "calm_otter", active: true },
    { name: "old_owl", active: false, archived: true },
  ]);
});
