// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how HCL looks
import { describe, expect, test } from "vitest";
import { deriveAgentToken } from "#credentials/agent-token.ts";
import { isSecret } from "#credentials/secret.ts";
import type { AcquiredJob_WorkspaceBuild, CompletedJob } from "#proto/gen/provisionerd_pb.js";
import { buildJob, DESTROY, importJob, START, STOP, startBench, textOf } from "./harness.ts";

const head = 'terraform {\n  required_providers {\n    coder = {\n      source = "coder/coder"\n    }\n  }\n}\n';

/** Two agents with different scopes, and a resource for each that records its agent's token as a machine would get it. */
const twoAgents = {
  "main.tf": `${head}
data "coder_workspace" "me" {}
resource "coder_agent" "helper" {
  os   = "linux"
  arch = "amd64"
}
resource "coder_agent" "assistant" {
  os            = "linux"
  arch          = "amd64"
  api_key_scope = "no_user_data"
}
resource "terraform_data" "helper" {
  count = data.coder_workspace.me.start_count
  input = { token = coder_agent.helper.token, script = coder_agent.helper.init_script }
}
resource "terraform_data" "assistant" {
  count = data.coder_workspace.me.start_count
  input = { token = coder_agent.assistant.token }
}
`,
};

function buildOf(completed: CompletedJob | undefined) {
  if (completed?.type.case !== "workspaceBuild") throw new Error("expected a completed build");
  return completed.type.value;
}

interface StateResource {
  readonly type: string;
  readonly name: string;
  readonly instances: readonly { readonly attributes: Readonly<Record<string, unknown>> }[];
}

function attributesIn(state: Uint8Array, type: string, name: string): Readonly<Record<string, unknown>> | undefined {
  const resources: StateResource[] = JSON.parse(Buffer.from(state).toString("utf8")).resources;
  return resources.find((resource) => resource.type === type && resource.name === name)?.instances[0]?.attributes;
}

for (const provider of ["in-process", "plugin"] as const) {
  describe(`with the provider ${provider}`, () => {
    test("an import finds both agents, each at its resource and with its scope; a stopped workspace has none", async () => {
      const { server } = await startBench({ provider });
      const { completed, failed, logs } = await server.finished(server.enqueue(await importJob(twoAgents)));
      expect(failed?.error).toBeUndefined();
      if (completed?.type.case !== "templateImport") throw new Error("expected an import");
      const seen = (resources: typeof completed.type.value.startResources) =>
        resources.map(({ name, type, agents }) => [type, name, ...agents.map((agent) => `${agent.name}=${agent.apiKeyScope}`)]);
      expect(seen(completed.type.value.startResources)).toEqual([
        ["terraform_data", "assistant", "assistant=no_user_data"],
        ["terraform_data", "helper", "helper=all"],
      ]);
      expect(seen(completed.type.value.stopResources)).toEqual([]);
      expect(textOf(logs)).not.toContain("development overrides");
    });

    test("agents keep their ids over start, stop and start, and get other tokens with each build", async () => {
      const { server } = await startBench({ provider });
      const tokens: string[] = [];
      let state: Uint8Array = new Uint8Array();
      for (const [step, transition] of [START, STOP, START, DESTROY].entries()) {
        const secret = new Uint8Array(32).fill(step + 1);
        const buildId = `6bd1c1c6-0000-4000-8000-00000000000${step}`;
        const { completed, failed, logs } = await server.finished(
          server.enqueue(await buildJob(twoAgents, { transition, state, secret, buildId })),
        );
        expect(failed?.error).toBeUndefined();
        const build = buildOf(completed);
        state = build.state;
        expect(textOf(logs)).not.toMatch(/pva_[0-9A-Za-z]{20}/);
        const agents = build.resources.flatMap((resource) => resource.agents);
        expect(agents.map(({ name, apiKeyScope }) => [name, apiKeyScope])).toEqual(
          transition === START
            ? [
                ["assistant", "no_user_data"],
                ["helper", "all"],
              ]
            : [],
        );
        if (transition !== START) continue;
        const helper = agents.find(({ name }) => name === "helper");
        const given = attributesIn(state, "terraform_data", "helper")?.input as { value: { token: string; script: string } };
        const { token, script } = given.value;
        tokens.push(token);
        expect(isSecret("agent", token)).toBe(true);
        expect(script).toContain("http://127.0.0.1:9/bin/coder-linux-amd64");
        expect(script).not.toMatch(/\$\{(ARCH|ACCESS_URL|AUTH_TYPE)\}/);
        if (provider === "in-process") {
          expect(helper?.auth).toEqual({ case: "token", value: "" });
          expect(token).toBe(deriveAgentToken(secret, helper?.id ?? ""));
        } else expect(helper?.auth).toEqual({ case: "token", value: token });
      }
      expect(new Set(tokens).size).toBe(2);
      expect(JSON.parse(Buffer.from(state).toString()).resources).toEqual([]);
    });

    test("a wrong scope fails the import with the provider's words, file and line", async () => {
      const { server } = await startBench({ provider });
      const main = `${head}\nresource "coder_agent" "a" {\n  os = "linux"\n  arch = "amd64"\n  api_key_scope = "read_only"\n}\n`;
      const { failed, logs } = await server.finished(server.enqueue(await importJob({ "main.tf": main })));
      for (const words of ['"all" "no_user_data"', "got read_only", 'on main.tf line 12, in resource "coder_agent" "a":', "read_only"]) {
        expect(failed?.error).toContain(words);
        expect(textOf(logs)).toContain(words);
      }
    });
  });
}

for (const { given, main, says } of [
  {
    given: "an unknown resource type",
    main: 'resource "coder_nonsense" "a" {\n}\n',
    says: ["Invalid resource type", 'on main.tf line 8, in resource "coder_nonsense" "a":', "coder_nonsense"],
  },
  {
    given: "a missing required attribute",
    main: 'resource "coder_agent" "a" {\n  os = "linux"\n}\n',
    says: ["Missing required argument", 'on main.tf line 8, in resource "coder_agent" "a":', '"arch" is required'],
  },
  {
    given: "a variable without a value",
    main: 'variable "region" {\n  type = string\n}\n',
    says: ["No value for required variable", "on main.tf line 8", '"region" is not set'],
  },
  {
    given: "two agents of one name",
    main: `${["main", "Main"].map((name) => `resource "coder_agent" "${name}" {\n  os = "linux"\n  arch = "amd64"\n}\n`).join("")}resource "terraform_data" "m" {\n  input = [coder_agent.main.id, coder_agent.Main.id]\n}\n`,
    says: ['agent name "main" is used twice, by coder_agent.Main and coder_agent.main'],
  },
  {
    given: "an agent name that is no host name",
    main: 'resource "coder_agent" "my_agent" {\n  os = "linux"\n  arch = "amd64"\n}\n',
    says: ['coder_agent.my_agent: agent name "my_agent" is not a valid hostname'],
  },
]) {
  test(`an import of ${given} fails, and says where and why in error and log`, async () => {
    const { server } = await startBench();
    const { failed, completed, logs } = await server.finished(server.enqueue(await importJob({ "main.tf": head + main })));
    expect(completed).toBeUndefined();
    for (const words of says) {
      expect(failed?.error).toContain(words);
      expect(textOf(logs)).toContain(words);
    }
  });
}

test("a template can read neither the job's secrets nor the server's in Terraform's environment", async () => {
  const { server } = await startBench({
    environment: { ...process.env, PROVISO_ENCRYPTION_KEY: "hush", CODER_SECRET: "hush", KEPT: "kept" },
  });
  const main = `${head}data "coder_workspace_owner" "me" {}
resource "terraform_data" "spy" {
  provisioner "local-exec" {
    command = "env | sed -e 's/=.*//' | sort | tr '\\\\n' ' '"
  }
  input = data.coder_workspace_owner.me.name
}
`;
  const job = await buildJob({ "main.tf": main }, { transition: START });
  const build = job.type?.value as AcquiredJob_WorkspaceBuild;
  if (build.metadata !== undefined) build.metadata.workspaceOwnerSessionToken = "session-hush";
  const { completed, logs } = await server.finished(server.enqueue(job));
  expect(attributesIn(buildOf(completed).state, "terraform_data", "spy")).toMatchObject({ input: { value: "ada" } });
  const names = textOf(logs);
  expect(names).toContain("KEPT");
  expect(names).not.toMatch(/\b(CODER|PROVISO)_/);
});

test("a state of an older provider, without a scope, gives an agent of scope all", async () => {
  const { server } = await startBench();
  const first = await server.finished(server.enqueue(await buildJob(twoAgents, { transition: START })));
  const state = JSON.parse(Buffer.from(buildOf(first.completed).state).toString());
  for (const resource of state.resources) if (resource.type === "coder_agent") delete resource.instances[0].attributes.api_key_scope;
  const second = await server.finished(
    server.enqueue(await buildJob(twoAgents, { transition: START, state: Buffer.from(JSON.stringify(state)) })),
  );
  const agents = buildOf(second.completed).resources.flatMap(({ agents }) => agents);
  expect(agents.find(({ name }) => name === "helper")?.apiKeyScope).toBe("all");
});
