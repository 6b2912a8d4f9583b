import { afterAll, beforeAll, expect, test } from "vitest";
import { type Api, expectStatus, importVersion, signUp } from "./harness/api.ts";
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
