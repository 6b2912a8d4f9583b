import { expect, test } from "vitest";
import { IN_MOON, JOB, ORGANIZATION } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const LIST = `GET /organizations/${ORGANIZATION.id}/provisionerjobs`;
const WAITING = { ...JOB, status: "pending", queue_position: 2, queue_size: 5 };
const FAILED = { ...JOB, status: "failed", error: "Error: no such image\non main.tf line 3" };

test("shows a place in the queue of jobs that wait, and the first line of what went wrong", async () => {
  await using api = await startFakeApi({ ...IN_MOON, [LIST]: [WAITING, FAILED] });
  const { code, stdout } = await api.run(["provisioner", "jobs", "list", "-c", "status,organization,workspace name,tags,queue,error"]);
  expect({ code, lines: stdout.split("\n") }).toEqual({
    code: 0,
    lines: [
      expect.stringMatching(/^STATUS +ORGANIZATION +WORKSPACE NAME +TAGS +QUEUE +ERROR$/),
      expect.stringMatching(/^pending +moon +dev +owner= scope=organization +2\/5$/),
      expect.stringMatching(/^failed +moon +dev +owner= scope=organization +Error: no such image$/),
      "",
    ],
  });
  expect(api.queryOf(LIST)).toMatchObject({ limit: "50" });
});

test("takes status and limit from options or the environment", async () => {
  await using api = await startFakeApi({ ...IN_MOON, [LIST]: [JOB] });
  const env = { CODER_PROVISIONER_JOB_LIST_STATUS: "failed", CODER_PROVISIONER_JOB_LIST_LIMIT: "3" };
  const { stdout } = await api.run(["provisioner", "jobs", "ls", "-s", "running", "-o", "json"], { env });
  expect(JSON.parse(stdout)).toEqual([JOB]);
  expect(api.queryOf(LIST)).toMatchObject({ status: "running", limit: "3" });
});

test("refuses a status that is none, and names those there are", async () => {
  await using api = await startFakeApi({});
  const { code, stderr } = await api.run(["provisioner", "jobs", "list", "-s", "lost"]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/lost.*pending, running, succeeded/) });
  expect(api.asked).toEqual([]);
});
