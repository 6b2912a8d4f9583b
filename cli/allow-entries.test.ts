import { expect, test } from "vitest";
import { ADA, ORGANIZATION, TEMPLATE, WORKSPACE } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const CREATE = "POST /users/me/keys/tokens";
const ANSWERS = {
  [CREATE]: { key: "k" },
  "GET /users/me/workspace/dev": WORKSPACE,
  "GET /users/bob/workspace/dev": { ...WORKSPACE, id: "of-bob" },
  "GET /organizations/moon": ORGANIZATION,
  "GET /templates": [TEMPLATE],
  "GET /users/ada": ADA,
};
const create = (entry: string) => ["tokens", "create", "--lifetime", "1h", "--allow", entry];

for (const { entry, sent } of [
  { entry: "workspace:dev", sent: `workspace:${WORKSPACE.id}` },
  { entry: "workspace:bob/dev", sent: "workspace:of-bob" },
  { entry: "template:moon/docker", sent: `template:${TEMPLATE.id}` },
  { entry: "organization:moon", sent: `organization:${ORGANIZATION.id}` },
  { entry: "user:ada", sent: `user:${ADA.id}` },
  { entry: "user: ada ", sent: `user:${ADA.id}` },
]) {
  test(`${entry} is sent by its id`, async () => {
    await using api = await startFakeApi(ANSWERS);
    expect((await api.run(create(entry))).code).toBe(0);
    expect(api.changes()).toMatchObject([[CREATE, { allow_list: [sent] }]]);
  });
}

for (const entry of ["workspace:*", "*:*", `workspace:${WORKSPACE.id}`, "file:anything", "workspace", "workspace:"]) {
  test(`${entry} is left to the server to judge`, async () => {
    await using api = await startFakeApi(ANSWERS);
    expect((await api.run(create(entry))).code).toBe(0);
    expect(api.asked.map(({ request, body }) => ({ request, body }))).toMatchObject([{ request: CREATE, body: { allow_list: [entry] } }]);
  });
}

for (const entry of ["workspace:ghost", "template:ghost", "organization:ghost", "user:ghost"]) {
  test(`${entry} is named if it is not there, with what to write instead`, async () => {
    await using api = await startFakeApi(ANSWERS);
    const { code, stderr } = await api.run(create(entry));
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error: .*"ghost"/) });
    expect(stderr).toContain(`${entry.split(":")[0]}:<uuid>`);
  });
}
