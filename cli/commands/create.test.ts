import { expect, test } from "vitest";
import { BUILD, BUILD_ENDS_WELL, IN_MOON, ORGANIZATION, TEMPLATE, WORKSPACE } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const VERSION = { id: "33333333-0000-4000-8000-00000000000b", name: "calm_otter" };
const SIZE = { name: "size", required: true, options: [], type: "string", ephemeral: false, default_value: "", description_plaintext: "" };
const ZONE = { ...SIZE, name: "zone", required: false };
const templates = `/organizations/${ORGANIZATION.id}/templates`;
const ANSWERS = {
  ...IN_MOON,
  [`GET ${templates}`]: [TEMPLATE],
  [`GET ${templates}/docker`]: TEMPLATE,
  [`GET /templates/${TEMPLATE.id}/versions/calm_otter`]: VERSION,
  [`GET /templateversions/${TEMPLATE.active_version_id}/rich-parameters`]: [SIZE, ZONE],
  [`GET /templateversions/${VERSION.id}/rich-parameters`]: [],
  "POST /users/me/workspaces": WORKSPACE,
  "POST /users/bob/workspaces": WORKSPACE,
  ...BUILD_ENDS_WELL,
};

test("creates a workspace from the only template, watches its build, and shows what it holds", async () => {
  await using api = await startFakeApi(ANSWERS);
  const { code, stdout, stderr } = await api.run(["create", "dev", "-y", "--parameter", "size=big"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/ applied\n[\s\S]*docker_container\.box\n└─ main \(linux, amd64\)\n[\s\S]*\n {2}proviso show dev\n$/);
  const body = { name: "dev", template_id: TEMPLATE.id, rich_parameter_values: [{ name: "size", value: "big" }] };
  expect(api.changes()).toEqual([["POST /users/me/workspaces", body]]);
});

test("creates another user's from a version that is named, without waiting", async () => {
  await using api = await startFakeApi(ANSWERS);
  const args = ["create", "bob/dev", "--template", "docker", "--template-version", "calm_otter", "--no-wait", "-y"];
  expect(await api.run(args)).toMatchObject({ code: 0, stderr: "" });
  const body = { name: "dev", template_version_id: VERSION.id, rich_parameter_values: [] };
  expect(api.changes()).toEqual([["POST /users/bob/workspaces", body]]);
  expect(api.asked.some(({ request }) => request.includes(BUILD.id))).toBe(false);
});

for (const { what, args, answers, says } of [
  { what: "without a template to choose", args: [], answers: { [`GET ${templates}`]: [] }, says: "`proviso templates push`" },
  { what: "from a template that is not there", args: ["-t", "ghost"], answers: {}, says: '"ghost"' },
  { what: "from a version that is not there", args: ["--template-version", "ghost"], answers: {}, says: '"ghost"' },
  { what: "with a parameter that the template does not have", args: ["--parameter", "colour=red"], answers: {}, says: '"colour"' },
  { what: "without a parameter that is required", args: [], answers: {}, says: "--parameter size=" },
]) {
  test(`creates nothing ${what}`, async () => {
    await using api = await startFakeApi({ ...ANSWERS, ...answers });
    const { code, stderr } = await api.run(["create", "dev", "-y", ...args]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error: /) });
    expect(stderr).toContain(says);
    expect(api.changes()).toEqual([]);
  });
}

test("asks which template, where there are several", async () => {
  const other = { ...TEMPLATE, id: "33333333-0000-4000-8000-000000000002", name: "kubernetes", active_version_id: VERSION.id };
  await using api = await startFakeApi({ ...ANSWERS, [`GET ${templates}`]: [TEMPLATE, other] });
  const { code, stdout } = await api.run(["create", "dev", "--no-wait"], { input: "neither\nkubernetes\nyes\n" });
  expect(code).toBe(0);
  expect(stdout).toContain("docker, kubernetes");
  expect(api.changes()).toMatchObject([["POST /users/me/workspaces", { template_id: other.id }]]);
});
