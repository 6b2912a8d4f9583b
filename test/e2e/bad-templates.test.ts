import { afterAll, beforeAll, expect, test } from "vitest";
import { type Api, buildEnd, createTemplate, expectStatus, importVersion, signUp } from "./harness/api.ts";
import { type ServerProcess, startServerProcess } from "./harness/server-process.ts";
import { templateOf, templateWithAgents } from "./harness/templates.ts";

let server: ServerProcess;
let api: Api;

beforeAll(async () => {
  server = await startServerProcess({ args: ["--provisioner-daemons", "1"] });
  api = await signUp(server.url);
});

afterAll(() => server?.[Symbol.asyncDispose]());

for (const { given, files, says } of [
  {
    given: "an api_key_scope that does not exist",
    files: templateWithAgents({ main: 'api_key_scope = "read_only"' }),
    says: [/expected api_key_scope to be one of \["all" "no_user_data"\], got read_only/, /main\.tf/, /line 12/],
  },
  {
    given: "a syntax error",
    files: templateOf('resource "coder_agent" "main" {\n  os = \n}\n'),
    says: [/Invalid expression|Argument or block definition required/, /main\.tf/, /line 10/],
  },
  {
    given: "an unknown resource type",
    files: templateOf('resource "coder_spaceship" "main" {}\n'),
    says: [/does not support resource type "coder_spaceship"/, /main\.tf/, /line 9/],
  },
  {
    given: "a missing required attribute",
    files: templateOf('resource "coder_agent" "main" {\n  os = "linux"\n}\n'),
    says: [/The argument "arch" is required/, /main\.tf/, /line 9/],
  },
  {
    given: "two agents of one name",
    files: {
      ...templateWithAgents({ main: "" }),
      "child/main.tf": templateWithAgents({ main: "" })["main.tf"] ?? "",
      "module.tf": 'module "child" {\n  source = "./child"\n}\n',
    },
    says: [/main/, /(duplicate|two|twice|more than one|unique)/i],
  },
  {
    given: "an agent name that is no hostname label",
    files: templateWithAgents({ my_agent: "" }),
    says: [/my_agent/],
  },
] as const) {
  test(`the import of ${given} fails, with the cause and its place in error and log, and nothing is created`, async () => {
    const version = await importVersion(api, files);
    expect(version.job.status).toBe("failed");
    for (const pattern of says) expect(version.job.error).toMatch(pattern);
    const logs: { output: string }[] = await expectStatus(200, api.call("GET", `/templateversions/${version.id}/logs`));
    const log = logs.map(({ output }) => output).join("\n");
    for (const pattern of says) expect(log).toMatch(pattern);
    const refused = await api.call("POST", `/organizations/${api.organizationId}/templates`, {
      name: "never",
      template_version_id: version.id,
    });
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(await expectStatus(200, api.call("GET", "/templates"))).toEqual([]);
  });
}

test("an error after a flood of output is in error and log, and the log says that lines are missing", async () => {
  const command = "seq 100000 160000; echo the last words >&2; exit 3";
  const template = await createTemplate(
    api,
    "flood",
    templateOf(`resource "terraform_data" "flood" {
  count = data.coder_workspace.me.start_count
  provisioner "local-exec" {
    command = "${command}"
  }
}
`),
  );
  const workspace = await expectStatus(201, api.call("POST", "/users/me/workspaces", { name: "flood", template_id: template.id }));
  const build = await buildEnd(api, workspace.latest_build.id);
  expect(build.job).toMatchObject({ status: "failed", error: expect.stringMatching(/local-exec provisioner error[\s\S]*exit status 3/) });
  const logs: { output: string; log_level: string }[] = await expectStatus(
    200,
    api.call("GET", `/workspacebuilds/${workspace.latest_build.id}/logs`),
  );
  const limit = logs.findIndex(({ output }) => output.startsWith("The log has reached its limit of 1 MiB"));
  expect(limit).toBeGreaterThan(20_000);
  expect(logs[limit - 1]?.output).toMatch(/^terraform_data\.flood\[0\]: \(local-exec\): \d+$/);
  const after = logs.slice(limit + 1);
  expect(new Set(after.map(({ log_level }) => log_level))).toEqual(new Set(["error"]));
  expect(after.map(({ output }) => output).join("\n")).toMatch(/local-exec provisioner error[\s\S]*main\.tf line \d+[\s\S]*exit status 3/);
}, 120_000);
