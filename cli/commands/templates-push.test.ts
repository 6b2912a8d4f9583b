import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { IN_MOON, JOB, LOG_LINE, ORGANIZATION, RESOURCE, TEMPLATE } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "proviso-push-")), "docker");
  await mkdir(folder);
  await writeFile(join(folder, "main.tf"), 'variable "size" {}\nvariable "zone" {}\n');
});
afterEach(() => rm(join(folder, ".."), { recursive: true, force: true }));

const organization = `/organizations/${ORGANIZATION.id}`;
const VERSION = { id: "33333333-0000-4000-8000-00000000000b", name: "calm_otter", job: JOB };
const NEW = {
  ...IN_MOON,
  "POST /files": { hash: "file-1" },
  [`POST ${organization}/templateversions`]: VERSION,
  [`POST ${organization}/templates`]: TEMPLATE,
  [`GET /templateversions/${VERSION.id}`]: VERSION,
  [`FOLLOW /templateversions/${VERSION.id}/logs`]: [LOG_LINE],
  [`GET /templateversions/${VERSION.id}/resources`]: [RESOURCE, { ...RESOURCE, name: "of-a-stop", workspace_transition: "stop" }],
};
const ACTIVE = { ...VERSION, id: TEMPLATE.active_version_id, job: { ...JOB, tags: { scope: "organization", owner: "" } } };
const KNOWN = {
  ...NEW,
  [`GET /templateversions/${ACTIVE.id}`]: ACTIVE,
  [`GET /templateversions/${ACTIVE.id}/variables`]: [],
  [`GET /templateversions/${VERSION.id}/variables`]: [],
  [`GET ${organization}/templates/docker`]: TEMPLATE,
  [`PATCH /templates/${TEMPLATE.id}/versions`]: {},
};

const REQUEST = {
  message: "Uploaded from the CLI",
  storage_method: "file",
  file_id: "file-1",
  provisioner: "terraform",
  tags: {},
  user_variable_values: [],
};

test("makes a new template of a folder, named after it, and shows what a workspace will hold", async () => {
  await using api = await startFakeApi(NEW);
  const { code, stdout, stderr } = await api.run(["templates", "push", "-d", folder, "-y"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^warning: .*\.terraform\.lock\.hcl/) });
  expect(stdout).toMatch(/ applied\n[\s\S]*docker_container\.box\n└─ main[\s\S]*proviso create --template docker/);
  expect(stdout).not.toContain("of-a-stop");
  expect(api.changes().slice(1)).toEqual([
    [`POST ${organization}/templateversions`, REQUEST],
    [`POST ${organization}/templates`, { name: "docker", template_version_id: VERSION.id }],
  ]);
});

for (const { args, activates } of [
  { args: [], activates: true },
  { args: ["--activate=false"], activates: false },
]) {
  test(`push ${args.join(" ")} makes a version of a template, and ${activates ? "activates it" : "does not activate it"}`, async () => {
    await using api = await startFakeApi(KNOWN);
    const options = [
      "--name",
      "calm_otter",
      "--message",
      "less",
      "--variable",
      "size=1",
      "--var",
      "zone=a=b",
      "--provisioner-tag",
      "gpu=yes",
    ];
    const { code, stderr } = await api.run(["templates", "push", "-d", folder, "-y", "--ignore-lockfile", ...options, ...args]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const values = [
      { name: "size", value: "1" },
      { name: "zone", value: "a=b" },
    ];
    const named = { name: "calm_otter", template_id: TEMPLATE.id, message: "less", tags: { gpu: "yes" }, user_variable_values: values };
    expect(api.changes().slice(1)).toEqual([
      [`POST ${organization}/templateversions`, { ...REQUEST, ...named }],
      ...(activates ? [[`PATCH /templates/${TEMPLATE.id}/versions`, { id: VERSION.id }]] : []),
    ]);
  });
}

test("uploads the archive on stdin as it is", async () => {
  await using api = await startFakeApi(KNOWN);
  expect((await api.run(["templates", "push", "docker", "-d", "-"], { input: "a tar" })).code).toBe(0);
  expect(api.changes()[0]).toEqual(["POST /files", Buffer.from("a tar")]);
});

test("takes variables from files in JSON, and names those that it cannot read", async () => {
  await writeFile(join(folder, "terraform.tfvars.json"), '{"size": 2, "zone": "a"}');
  await writeFile(join(folder, "more.auto.tfvars"), "");
  await using api = await startFakeApi(KNOWN);
  const { stderr } = await api.run(["templates", "push", "-d", folder, "-y", "--var", "zone=b"]);
  expect(stderr).toMatch(/terraform\.tfvars\.json[\s\S]*warning: more\.auto\.tfvars /);
  const values = [
    { name: "size", value: "2", format: "json" },
    { name: "zone", value: "b" },
  ];
  expect(api.changes()[1]).toMatchObject([expect.anything(), { user_variable_values: values }]);
});

test("sends nothing for a name that the template does not have, and warns of one in a file", async () => {
  await using api = await startFakeApi(KNOWN);
  const push = ["templates", "push", "-d", folder, "-y", "--ignore-lockfile"];
  for (const args of [
    ["--variable", "sise=1"],
    ["--use-default", "sise"],
  ]) {
    const { code, stderr } = await api.run([...push, ...args]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'error: the template has no variable "sise"\nDid you mean "size"?\n' });
  }
  expect((await api.run([...push, "--variable", "size=1", "--use-default", "size"])).stderr).toContain("both name");
  expect(api.changes()).toEqual([]);
  await writeFile(join(folder, "a.auto.tfvars.json"), '{"sise": 2}');
  const { code, stderr } = await api.run(push);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('warning: a.auto.tfvars.json has a value for "sise"') });
  expect(api.changes()[1]?.[1]).toMatchObject({ user_variable_values: [] });
});

for (const { args, tags, notice } of [
  { args: [], tags: { dc: "fra", scope: "user" }, notice: "The provisioner tags of the active version are kept: dc=fra scope=user." },
  { args: ["--provisioner-tag", "-"], tags: {}, notice: "" },
  { args: ["--provisioner-tag", "dc=ber"], tags: { dc: "ber" }, notice: "" },
]) {
  test(`push ${args.join(" ") || "without tags"} asks for daemons with ${JSON.stringify(tags)}`, async () => {
    const active = { ...ACTIVE, job: { ...JOB, tags: { dc: "fra", scope: "user", owner: "somebody" } } };
    await using api = await startFakeApi({ ...KNOWN, [`GET /templateversions/${ACTIVE.id}`]: active });
    const { stderr } = await api.run(["templates", "push", "-d", folder, "-y", "--ignore-lockfile", ...args]);
    expect(api.changes()[1]?.[1]).toMatchObject({ tags });
    expect(stderr.startsWith(notice)).toBe(true);
    if (notice === "") expect(stderr).toBe("");
  });
}

test("says which defaults have changed, and for which of them a set value counts", async () => {
  const variable = { description: "", type: "string", value: "", required: false, sensitive: false, is_set: false };
  const before = ["a", "b", "same"].map((name) => ({ ...variable, name, default_value: "one" }));
  const now = [
    { ...variable, name: "a", default_value: "two" },
    { ...variable, name: "b", default_value: "two", value: "x", is_set: true },
    { ...variable, name: "same", default_value: "one" },
    { ...variable, name: "new", default_value: "two" },
  ];
  const variables = { [`GET /templateversions/${ACTIVE.id}/variables`]: before, [`GET /templateversions/${VERSION.id}/variables`]: now };
  await using api = await startFakeApi({ ...KNOWN, ...variables });
  const { stderr } = await api.run(["templates", "push", "-d", folder, "-y", "--ignore-lockfile", "--use-default", "zone"]);
  expect(stderr.trimEnd().split("\n")).toEqual([
    'The default of variable "a" has changed, from "one" to "two". Builds of this version use the new one.',
    'The default of variable "b" has changed, from "one" to "two". It has a value of its own; to use the default: --use-default b',
  ]);
  expect(api.changes()[1]?.[1]).toMatchObject({ user_variable_defaults: ["zone"] });
});

test("a template whose import failed is not made; what it needs is named", async () => {
  const job = { ...JOB, status: "failed", error: "size is required", error_code: "REQUIRED_TEMPLATE_VARIABLES" };
  await using api = await startFakeApi({ ...NEW, [`GET /templateversions/${VERSION.id}`]: { ...VERSION, job } });
  const { code, stderr } = await api.run(["templates", "push", "-d", folder, "-y", "--ignore-lockfile"]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error: size is required\n.*--variable name=value/) });
  expect(api.changes().some(([request]) => request.endsWith("/templates"))).toBe(false);
});

for (const { what, args, input, says } of [
  { what: "a name that cannot be one", args: ["a b", "-d", "."], input: "", says: '"a b"' },
  { what: "an archive without a name", args: ["-d", "-"], input: "a tar", says: "stdin" },
  { what: "an empty archive", args: ["docker"], input: "", says: "--directory" },
  { what: "an archive that is too big", args: ["docker"], input: "x".repeat(1_048_577), says: "1048576" },
  { what: "a folder that is not there", args: ["docker", "-d", "no-such-folder"], input: "", says: "no-such-folder" },
  { what: "a wish that is neither true nor false", args: ["docker", "--activate=maybe"], input: "", says: "true or false" },
]) {
  test(`uploads nothing for ${what}`, async () => {
    await using api = await startFakeApi(KNOWN);
    const { code, stderr } = await api.run(["templates", "push", ...args], { input, cwd: folder });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error: /) });
    expect(stderr).toContain(says);
    expect(api.changes()).toEqual([]);
  });
}
