/** Input that is huge, broken or meant to hang the provider, by the ways on which it comes through a real Terraform. */
import { createHash } from "node:crypto";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { expect, onTestFinished, test } from "vitest";
import { stored } from "./state.ts";
import { type CommandResult, projectInProcess, projectWithPlugin } from "./terraform-project.ts";

const REQUIRED = { required_providers: { coder: { source: "coder/coder" } } };
/** Nothing here has a reason to take longer, however busy the machine is. */
const DEADLINE_MS = 60_000;

type Json = Readonly<Record<string, unknown>>;

function files(content: Json): Readonly<Record<string, string>> {
  return { "main.tf.json": JSON.stringify({ terraform: REQUIRED, ...content }) };
}

/** Whatever went wrong, nobody reads of the provider's inside, and its process is still there. */
function expectCalm({ stdout, stderr }: CommandResult): void {
  expect(stdout + stderr).not.toMatch(/panic|\n\s+at .*:\d+|did not respond|crash|fault of the provider|TypeError|bug in the provider/i);
}

const SCRIPT = `echo 'é' # 😀 $$ %%\n${"x".repeat(200)}\n`.repeat(5_000);

const BIG = `
terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}
resource "coder_agent" "main" {
  os             = "linux"
  arch           = "amd64"
  startup_script = join("", [for n in range(5) : file("script.sh")])
  env            = { for pair in setproduct(range(100), range(100)) : "NAME_\${join("_", pair)}" => "value \${pair[1]}" }
}
resource "coder_script" "big" {
  agent_id     = "agent"
  display_name = "Big"
  run_on_start = true
  script       = file("script.sh")
}
data "coder_parameter" "choice" {
  name    = "choice"
  default = "value-999"
  dynamic "option" {
    for_each = range(1000)
    content {
      name        = "Option \${option.value}"
      value       = "value-\${option.value}"
      description = "${"é".repeat(100)}"
    }
  }
}
`;

test("megabytes of scripts, 10,000 variables and 1,000 options are taken as they are", { timeout: DEADLINE_MS }, async () => {
  await using project = await projectWithPlugin({ files: { "main.tf": BIG, "script.sh": SCRIPT } });
  // As JSON, for Terraform takes long to print texts of that length for people.
  const apply = await project.terraform("apply", "-json", "-auto-approve", "-input=false");
  expectCalm(apply);
  expect(apply).toMatchObject({ exitCode: 0, stderr: "" });
  const state: { resources: readonly { type: string; instances: readonly { attributes: Record<string, unknown> }[] }[] } = JSON.parse(
    await project.read("terraform.tfstate"),
  );
  const attributesOf = (type: string): Record<string, unknown> =>
    state.resources.find((one) => one.type === type)?.instances[0]?.attributes ?? {};
  const [made, big, choice] = [attributesOf("coder_agent"), attributesOf("coder_script"), attributesOf("coder_parameter")];
  expect(digestOf(made.startup_script)).toBe(digestOf(SCRIPT.repeat(5)));
  expect(digestOf(big.script)).toBe(digestOf(SCRIPT));
  expect(Object.keys(made.env ?? {})).toHaveLength(10_000);
  expect(made.env).toMatchObject({ NAME_0_0: "value 0", NAME_99_99: "value 99" });
  expect(choice).toMatchObject({ value: "value-999" });
  expect(choice.option).toHaveLength(1_000);
  expect((await project.terraform("plan", "-json", "-detailed-exitcode", "-input=false")).exitCode).toBe(0);
});

test("bytes in the environment that are no text arrive as the character for such", { timeout: DEADLINE_MS }, async () => {
  const directory = await mkdtemp(join(tmpdir(), "environment-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  // No environment of Node's can hold such bytes, so a shell puts them there: a byte that no text has, half a character, a surrogate.
  const wrapper = `#!/bin/sh
export CODER_WORKSPACE_NAME="$(printf 'dev\\377')"
export CODER_WORKSPACE_OWNER="$(printf '\\303')"
export CODER_WORKSPACE_OWNER_GROUPS="$(printf '["a\\355\\240\\200b","\\\\ud800"]')"
export CODER_PARAMETER_${digestOf("p")}="$(printf '\\200')"
PATH=$REAL_PATH
exec terraform "$@"
`;
  await writeFile(join(directory, "terraform"), wrapper);
  await chmod(join(directory, "terraform"), 0o755);
  await using project = await projectWithPlugin({
    files: files({
      data: { coder_workspace: { me: {} }, coder_workspace_owner: { me: {} }, coder_parameter: { p: { name: "p" } } },
    }),
    env: { PATH: `${directory}:${process.env.PATH}`, REAL_PATH: process.env.PATH ?? "" },
  });
  const apply = await project.terraform("apply", "-no-color", "-auto-approve", "-input=false");
  expect(apply).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await stored(project, "coder_workspace.me")).toMatchObject({ name: "dev\ufffd" });
  expect(await stored(project, "coder_workspace_owner.me")).toMatchObject({ name: "\ufffd", groups: ["a\ufffd\ufffd\ufffdb", "\ufffd"] });
  expect(await stored(project, "coder_parameter.p")).toMatchObject({ value: "\ufffd" });
});

test("lists of groups and roles that are none are refused with what is wrong, and are not shown", { timeout: DEADLINE_MS }, async () => {
  const coderEnv: Record<string, string> = {};
  await using project = await projectInProcess({ files: files({ data: { coder_workspace_owner: { me: {} } } }), coderEnv });
  for (const { groups = "[]", roles = "[]", says } of [
    { groups: '["confidential"', says: "Error: invalid user groups: unexpected EOF" },
    { groups: '{"confidential":1}', says: "Error: invalid user groups: json: cannot unmarshal object into Go value of type []string" },
    { groups: `${"[".repeat(100_000)}`, says: "Error: invalid user groups: unexpected EOF" },
    { groups: `${"[".repeat(100_000)}${"]".repeat(100_000)}`, says: "Error: invalid user groups: json: cannot unmarshal array" },
    { roles: '[["confidential"]]', says: "Error: invalid user rbac roles: json: cannot unmarshal array" },
  ]) {
    Object.assign(coderEnv, { CODER_WORKSPACE_OWNER_GROUPS: groups, CODER_WORKSPACE_OWNER_RBAC_ROLES: roles });
    const plan = await project.terraform("plan", "-no-color", "-input=false");
    expectCalm(plan);
    expect(plan.exitCode).toBe(1);
    expect(plan.stderr.replaceAll(/\n/g, " ")).toContain(says);
    expect(plan.stderr).not.toContain("confidential");
    expect(plan.stderr.length).toBeLessThan(1_000);
  }
  expect(project.faults).toEqual([]);
});

test("what would take minutes to check is refused at once", { timeout: DEADLINE_MS }, async () => {
  const heavy = { name: "heavy", default: "a".repeat(100_000), validation: { regex: "(a?b?){900}c", error: "no" } };
  const nested = { name: "nested", default: "a", validation: { regex: `${"(".repeat(50_000)}a${")".repeat(50_000)}`, error: "no" } };
  await using project = await projectInProcess({
    files: files({ data: { coder_parameter: { heavy, nested } } }),
  });
  const plan = await project.terraform("plan", "-json", "-input=false");
  expectCalm(plan);
  expect(plan.exitCode).toBe(1);
  expect(plan.stdout).toContain("too large to be looked for in a value of 100000 bytes");
  expect(plan.stdout).toContain("expression nests too deeply");
  expect(project.faults).toEqual([]);
});

for (const { what, attributes, version = 1, says } of [
  { what: "of another type", attributes: { order: "first" }, says: /order/ },
  { what: "that are a text where a block is", attributes: { metadata: "x" }, says: /metadata/ },
  { what: "that are numbers of a size that nobody needs", attributes: { order: "1e999999999" }, says: /order|exponent/ },
  { what: "of a provider to come", attributes: {}, version: 9, says: /newer|version 9/ },
])
  test(`a stored agent with attributes ${what} is refused by name`, { timeout: DEADLINE_MS }, async () => {
    await using project = await projectInProcess({
      files: {
        ...files({ resource: { coder_agent: { main: { os: "linux", arch: "amd64" } } } }),
        "terraform.tfstate": stateOf(attributes, version),
      },
    });
    const plan = await project.terraform("plan", "-no-color", "-input=false");
    expectCalm(plan);
    expect(plan.exitCode).toBe(1);
    expect(plan.stderr).toMatch(says);
    expect(plan.stderr).toContain("coder_agent");
    expect(project.faults).toEqual([]);
  });

test("a stored agent that has nothing but strange attributes is one to make anew", { timeout: DEADLINE_MS }, async () => {
  await using project = await projectInProcess({
    files: {
      ...files({ resource: { coder_agent: { main: { os: "linux", arch: "amd64" } } } }),
      "terraform.tfstate": stateOf({ constructor: 1, nested: [{ a: [null] }], "": "" }, 1),
    },
  });
  const apply = await project.terraform("apply", "-no-color", "-auto-approve", "-input=false");
  expect(apply).toMatchObject({ exitCode: 0, stderr: "" });
  expectCalm(apply);
  expect(apply.stdout).toContain("1 added, 0 changed, 1 destroyed");
  expect(project.faults).toEqual([]);
});

function stateOf(attributes: Json, version: number): string {
  const resource = {
    mode: "managed",
    type: "coder_agent",
    name: "main",
    provider: 'provider["registry.terraform.io/coder/coder"]',
    // Private bytes of nobody.
    instances: [{ schema_version: version, attributes, sensitive_attributes: [], private: "/////w==" }],
  };
  return JSON.stringify({ version: 4, terraform_version: "1.11.4", serial: 1, lineage: "old", outputs: {}, resources: [resource] });
}

function digestOf(text: unknown): string {
  return createHash("sha256").update(String(text)).digest("hex");
}
