import { expect, test } from "vitest";
import { deriveAgentToken } from "#credentials/agent-token.ts";
import { isSecret } from "#credentials/secret.ts";
import { plannedChanges, stored } from "./state.ts";
import { projectInProcess, type TerraformProject } from "./terraform-project.ts";

const MAIN = `terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}
resource "coder_agent" "main" {
  os   = "linux"
  arch = "amd64"
  metadata {
    key      = "load"
    script   = "uptime"
    interval = 10
  }
}
`;

/** As an older provider wrote it: no scope, an attribute that is gone, and bytes of its own. */
function oldState(attributes: Record<string, unknown>): string {
  const instance = {
    schema_version: 1,
    attributes: {
      arch: "amd64",
      auth: "token",
      connection_timeout: 120,
      dir: null,
      display_apps: [{ port_forwarding_helper: true, ssh_helper: true, vscode: true, vscode_insiders: false, web_terminal: true }],
      env: null,
      id: "0d0a2c4e-1111-4222-8333-444455556666",
      init_script: "",
      metadata: [{ display_name: "", interval: 10, key: "load", order: 0, script: "uptime", timeout: 0 }],
      motd_file: null,
      order: null,
      os: "linux",
      resources_monitoring: [],
      shutdown_script: null,
      startup_script: null,
      startup_script_behavior: "non-blocking",
      token: "d1f9ad1b-9a05-4b0c-8a1b-0c0c0c0c0c0c",
      troubleshooting_url: null,
      ...attributes,
    },
    sensitive_attributes: [],
    private: Buffer.from('{"schema_version":"1"}').toString("base64"),
  };
  const resource = {
    mode: "managed",
    type: "coder_agent",
    name: "main",
    provider: 'provider["registry.terraform.io/coder/coder"]',
    instances: [instance],
  };
  return JSON.stringify({ version: 4, terraform_version: "1.11.4", serial: 3, lineage: "old", outputs: {}, resources: [resource] });
}

test("an agent stored without a scope is planned again with the scope all, and is settled then", async () => {
  const state = oldState({ login_before_ready: true });
  await using project = await projectInProcess({ files: { "main.tf": MAIN, "terraform.tfstate": state } });
  const [change] = await plannedChanges(project);
  expect(change).toMatchObject({ address: "coder_agent.main", change: { actions: ["delete", "create"], after: { api_key_scope: "all" } } });
  expect(change?.change.replace_paths).toContainEqual(["api_key_scope"]);
  await apply(project);
  expect(await stored(project, "coder_agent.main")).toMatchObject({ api_key_scope: "all" });
  expect((await project.terraform("plan", "-detailed-exitcode")).exitCode).toBe(0);
});

test("a stored agent with the scope all is no change, whatever zeros the older provider wrote", async () => {
  await using project = await projectInProcess({ files: { "main.tf": MAIN, "terraform.tfstate": oldState({ api_key_scope: "all" }) } });
  expect(await project.terraform("plan", "-no-color", "-detailed-exitcode")).toMatchObject({ exitCode: 0, stderr: "" });
});

test("in a build without a secret an agent keeps its token within the build and gets another in the next", async () => {
  const coderEnv: Record<string, string> = { CODER_WORKSPACE_BUILD_ID: "build-1" };
  await using project = await projectInProcess({ files: { "main.tf": MAIN }, coderEnv });
  const first = await tokenAfter(project, "apply");
  expect(isSecret("agent", first)).toBe(true);
  expect(await tokenAfter(project, "refresh")).toBe(first);
  coderEnv.CODER_WORKSPACE_BUILD_ID = "build-2";
  const second = await tokenAfter(project, "refresh");
  expect(isSecret("agent", second)).toBe(true);
  expect(second).not.toBe(first);
  expect(await tokenAfter(project, "refresh")).toBe(second);
});

test("with a build's secret the token is the one that the server computes", async () => {
  const secret = new Uint8Array(32).fill(7);
  await using project = await projectInProcess({ files: { "main.tf": MAIN }, agentTokenSecret: secret });
  const token = await tokenAfter(project, "apply");
  const { id } = await stored(project, "coder_agent.main");
  expect(token).toBe(deriveAgentToken(secret, String(id)));
  secret.fill(8);
  expect(await tokenAfter(project, "refresh")).toBe(deriveAgentToken(secret, String(id)));
});

test("outside a build the token is a UUID, and another at each look", async () => {
  await using project = await projectInProcess({ files: { "main.tf": MAIN } });
  const first = await tokenAfter(project, "apply");
  expect(first).toMatch(/^[0-9a-f-]{36}$/);
  expect(await tokenAfter(project, "refresh")).not.toBe(first);
});

test("two configurations of the provider in one command keep apart", async () => {
  const alias = (name: string) => `
provider "coder" {
  alias = "${name}"
  url   = "https://${name}.example.com"
}
data "coder_workspace" "${name}" {
  provider = coder.${name}
}
`;
  const head = MAIN.slice(0, MAIN.indexOf("resource"));
  await using project = await projectInProcess({ files: { "main.tf": head + alias("one") + alias("two") } });
  await apply(project);
  expect(await stored(project, "coder_workspace.one")).toMatchObject({ access_url: "https://one.example.com" });
  expect(await stored(project, "coder_workspace.two")).toMatchObject({ access_url: "https://two.example.com" });
});

async function apply(project: TerraformProject): Promise<void> {
  const result = await project.terraform("apply", "-no-color", "-auto-approve");
  expect(result.stderr).toBe("");
}

async function tokenAfter(project: TerraformProject, command: "apply" | "refresh"): Promise<string> {
  const result = await project.terraform("apply", "-no-color", "-auto-approve", ...(command === "refresh" ? ["-refresh-only"] : []));
  expect(result.stderr).toBe("");
  return String((await stored(project, "coder_agent.main")).token);
}
