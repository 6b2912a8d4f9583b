// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how HCL looks
import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { LogLevel } from "#proto/gen/provisioner_pb.js";
import { publishedLock } from "../provider/published-lock.ts";
import { archive, buildJob, importJob, START, STOP, startBench, textOf } from "./harness.ts";

const coder = (constraint = "") =>
  `terraform {\n  required_providers {\n    coder = {\n      source = "coder/coder"${constraint}\n    }\n  }\n}\n`;

const agentWithBox = `resource "coder_agent" "main" {
  os   = "linux"
  arch = "amd64"
}
resource "terraform_data" "box" {
  input = coder_agent.main.id
}
`;

for (const { what, constraint, version, providers } of [
  { what: "the very version that is asked for", constraint: "2.4.2", version: "2.4.2", providers: ["in-process"] },
  { what: "an older version than ours", constraint: "~> 2.0", version: "2.13.1", providers: ["in-process", "plugin"] },
  { what: "a version that is no longer allowed", constraint: ">= 2.30.0", version: "2.4.2", providers: ["in-process"] },
] as const) {
  for (const provider of providers) {
    test(`a lock file with the published provider's hashes of ${what} changes nothing, and stays as it is (${provider})`, async () => {
      // An operator's setting that makes init fail instead of changing a lock file.
      const { server } = await startBench({ provider, environment: { ...process.env, TF_CLI_ARGS_init: "-lockfile=readonly" } });
      const lock = publishedLock({ version, constraints: constraint });
      const afterInit = `resource "terraform_data" "lock" {\n  input = file(".terraform.lock.hcl")\n}\n`;
      const files = { "main.tf": coder(`\n      version = "${constraint}"`) + agentWithBox + afterInit, ".terraform.lock.hcl": lock };
      const { completed, failed } = await server.finished(server.enqueue(await buildJob(files, { transition: START })));
      expect(failed?.error).toBeUndefined();
      if (completed?.type.case !== "workspaceBuild") throw new Error("expected a build");
      expect(completed.type.value).toMatchObject({ resources: [{ name: "box", agents: [{ name: "main" }] }, { name: "lock" }] });
      const { resources } = JSON.parse(Buffer.from(completed.type.value.state).toString("utf8"));
      const seen = resources.find(({ name }: { name: string }) => name === "lock");
      expect(seen.instances[0].attributes.input.value).toBe(lock);
    });
  }
}

test("agents in counted modules are found, at the resource of their own instance", async () => {
  const { server } = await startBench();
  const files = {
    "main.tf": `${coder()}data "coder_workspace" "me" {}
module "dev" {
  source = "./dev"
  count  = data.coder_workspace.me.start_count
}
`,
    "dev/main.tf": coder() + agentWithBox,
  };
  const imported = await server.finished(server.enqueue(await importJob(files)));
  expect(imported.failed?.error).toBeUndefined();
  expect(imported.completed?.type.value).toMatchObject({
    startResources: [{ name: "box", modulePath: "module.dev[0]", agents: [{ name: "main" }] }],
    stopResources: [],
    startModules: [{ key: "dev", source: "./dev" }],
  });
  const built = await server.finished(server.enqueue(await buildJob(files, { transition: START })));
  expect(built.completed?.type.value).toMatchObject({ resources: [{ modulePath: "module.dev[0]", agents: [{ name: "main" }] }] });
});

test("an agent that no resource depends on is left out, and the log says so", async () => {
  const { server } = await startBench();
  const main = `${coder()}resource "coder_agent" "lonely" {\n  os = "linux"\n  arch = "amd64"\n}\n`;
  const { completed, logs } = await server.finished(server.enqueue(await importJob({ "main.tf": main })));
  expect(completed?.type.value).toMatchObject({ startResources: [] });
  expect(logs.filter(({ level }) => level === LogLevel.WARN).map(({ output }) => output)).toEqual([
    "coder_agent.lonely: no resource depends on this agent, so it is left out",
  ]);
});

test("what the provider warns of is in a plan's log once for each block", async () => {
  const { server } = await startBench();
  const agent = (name: string) => `resource "coder_agent" "${name}" {\n  os = "linux"\n  arch = "amd64"\n  dir = "/work"\n}\n`;
  const box = 'resource "terraform_data" "box" {\n  input = [coder_agent.main.id, coder_agent.side.id]\n}\n';
  const job = await buildJob({ "main.tf": coder() + agent("main") + agent("side") + box }, { transition: START });
  const { completed, logs } = await server.finished(server.enqueue(job));
  expect(completed?.type.case).toBe("workspaceBuild");
  const warnings = logs.filter(({ output }) => output === "Warning: Argument is deprecated").map(({ stage }) => stage);
  expect(warnings).toEqual([...Array(2).fill("Planning Infrastructure"), ...Array(2).fill("Starting workspace")]);
});

test("a stopped workspace, whose agents have lost their machines, is no reason to warn", async () => {
  const { server } = await startBench();
  const started = `count = data.coder_workspace.me.start_count\n  input`;
  const main = `${coder()}data "coder_workspace" "me" {}\n${agentWithBox.replace("input", started)}`;
  const { failed, logs } = await server.finished(server.enqueue(await buildJob({ "main.tf": main }, { transition: STOP })));
  expect(failed?.error).toBeUndefined();
  expect(logs.filter(({ level }) => level === LogLevel.WARN)).toEqual([]);
});

test("a template in JSON that keeps its state on its author's machine has it with the server", async () => {
  const { server, directory } = await startBench();
  const elsewhere = path.join(directory, "author.tfstate");
  const resource = {
    coder_agent: { main: { os: "linux", arch: "amd64", api_key_scope: "no_user_data" } },
    terraform_data: { box: { input: "${coder_agent.main.id}" } },
  };
  const terraform = { required_providers: { coder: { source: "coder/coder" } }, backend: { local: { path: elsewhere } } };
  const files = { "cdk.tf.json": JSON.stringify({ "//": {}, variable: { size: { type: "string", default: "a" } }, terraform, resource }) };
  const imported = await server.finished(server.enqueue(await importJob(files)));
  expect(imported.failed?.error).toBeUndefined();
  const first = await server.finished(server.enqueue(await buildJob(files, { transition: START })));
  if (first.completed?.type.case !== "workspaceBuild") throw new Error(first.failed?.error);
  const { state } = first.completed.type.value;
  expect(JSON.parse(Buffer.from(state).toString()).resources).toHaveLength(2);
  const second = await server.finished(server.enqueue(await buildJob(files, { transition: START, state })));
  expect(second.failed?.error).toBeUndefined();
  // It is the same object as before, because its state was found.
  expect(textOf(second.logs)).toContain("terraform_data.box: Refreshing state");
  expect(existsSync(elsewhere)).toBe(false);
});

test("what is wrong in a template in JSON is named with file, line and address", async () => {
  const { server } = await startBench();
  const terraform = { required_providers: { coder: { source: "coder/coder" } } };
  const resource = { coder_agent: { main: { os: "linux", arch: "amd64", api_key_scope: "some" } } };
  const files = { "cdk.tf.json": JSON.stringify({ terraform, resource }, undefined, 2) };
  const { failed } = await server.finished(server.enqueue(await importJob(files)));
  const line = files["cdk.tf.json"].split("\n").findIndex((text) => text.includes("api_key_scope")) + 1;
  expect(failed?.error).toContain("with coder_agent.main,");
  expect(failed?.error).toContain(`on cdk.tf.json line ${line}, in resource.coder_agent.main`);
});

test("a dry run shows the resources of a workspace that does not exist", async () => {
  const { server } = await startBench();
  const job = server.enqueue({
    templateSourceArchive: await archive({ "main.tf": `variable "size" {}\n${coder()}${agentWithBox}` }),
    type: { case: "templateDryRun", value: { variableValues: [{ name: "size", value: "1" }] } },
  });
  const { completed, failed } = await server.finished(job);
  expect(failed?.error).toBeUndefined();
  expect(completed?.type).toMatchObject({ case: "templateDryRun", value: { resources: [{ name: "box", agents: [{ name: "main" }] }] } });
});

test("a CLI configuration that is named but not there is not the job's concern", async () => {
  const { server } = await startBench({ environment: { ...process.env, TF_CLI_CONFIG_FILE: "/nowhere/terraformrc" } });
  const { completed, logs } = await server.finished(server.enqueue(await importJob({ "main.tf": coder() + agentWithBox })));
  expect(completed).toBeDefined();
  expect(textOf(logs)).not.toContain("CLI configuration");
  expect(logs.filter(({ level }) => level === LogLevel.ERROR)).toEqual([]);
});

test("a build's log level drops what is below it, and turns on tracing", async () => {
  const { server } = await startBench();
  const files = { "main.tf": coder() + agentWithBox };
  const warned = await server.finished(server.enqueue(await buildJob(files, { transition: START, logLevel: "warn" })));
  expect(warned.logs.filter(({ level, output }) => output !== "" && level < LogLevel.WARN)).toEqual([]);
  const traced = await server.finished(server.enqueue(await buildJob(files, { transition: STOP, logLevel: "DEBUG" })));
  expect(traced.logs.some(({ level }) => level === LogLevel.DEBUG)).toBe(true);
  expect(traced.completed).toBeDefined();
});

test("reports what a build replaces, with the paths that force it", async () => {
  const { server } = await startBench();
  const files = (trigger: string) => ({ "main.tf": `resource "terraform_data" "box" {\n  triggers_replace = "${trigger}"\n}\n` });
  const first = await server.finished(server.enqueue(await buildJob(files("a"), { transition: START })));
  if (first.completed?.type.case !== "workspaceBuild") throw new Error("expected a build");
  const { state } = first.completed.type.value;
  const second = await server.finished(server.enqueue(await buildJob(files("b"), { transition: START, state })));
  expect(second.completed?.type.value).toMatchObject({
    resourceReplacements: [{ resource: "terraform_data.box", paths: ["triggers_replace"] }],
  });
});
