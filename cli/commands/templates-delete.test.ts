import { expect, test } from "vitest";
import { IN_MOON, ORGANIZATION, TEMPLATE } from "#test/cli/canned.ts";
import { refuse, startFakeApi } from "#test/cli/fake-api.ts";

const OTHER = { ...TEMPLATE, id: "33333333-0000-4000-8000-000000000002", name: "kubernetes" };
const templates = `/organizations/${ORGANIZATION.id}/templates`;
const DELETE = `DELETE /templates/${TEMPLATE.id}`;
const DELETE_OTHER = `DELETE /templates/${OTHER.id}`;
const ANSWERS = {
  ...IN_MOON,
  [`GET ${templates}/docker`]: TEMPLATE,
  [`GET ${templates}/kubernetes`]: OTHER,
  [DELETE]: {},
  [DELETE_OTHER]: {},
};

test("deletes the templates that are named, after one yes", async () => {
  await using api = await startFakeApi(ANSWERS);
  const { code, stdout } = await api.run(["templates", "delete", "docker", "kubernetes"], { input: "yes\n" });
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/docker, kubernetes[\s\S]*docker.*\n.*kubernetes.*\n$/) });
  expect(api.changes().map(([request]) => request)).toEqual([DELETE, DELETE_OTHER]);
});

test("deletes none if one of them is not there", async () => {
  await using api = await startFakeApi(ANSWERS);
  const { code, stderr } = await api.run(["templates", "rm", "docker", "ghost", "-y"]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error: .*"ghost"/) });
  expect(api.changes()).toEqual([]);
});

test("stops at the one that cannot be deleted, with the server's reason", async () => {
  await using api = await startFakeApi({ ...ANSWERS, [DELETE]: refuse(400, "Workspaces use it.") });
  expect(await api.run(["templates", "delete", "docker", "kubernetes", "-y"])).toMatchObject({
    code: 1,
    stderr: "error: Workspaces use it.\n",
  });
  expect(api.changes().map(([request]) => request)).toEqual([DELETE]);
});
