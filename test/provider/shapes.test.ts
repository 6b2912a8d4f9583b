import { expect, test } from "vitest";
import { isSecret } from "#credentials/secret.ts";
import { plannedChanges, stored, validation } from "./state.ts";
import { type ProjectOptions, projectInProcess, projectWithPlugin, type TerraformProject } from "./terraform-project.ts";

const BUILD = {
  CODER_AGENT_URL: "https://coder.example.com:8443/sub/?x=1#y",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: these are the script's own placeholders
  CODER_AGENT_SCRIPT_linux_arm64: "curl ${ACCESS_URL}bin # ${AUTH_TYPE} $& ${ACCESS_URL}",
  CODER_WORKSPACE_BUILD_ID: "7b9d2f6e-0000-4000-8000-000000000001",
  CODER_WORKSPACE_ID: "7b9d2f6e-0000-4000-8000-000000000002",
  CODER_WORKSPACE_NAME: "dev",
  CODER_WORKSPACE_TRANSITION: "start",
  CODER_WORKSPACE_TEMPLATE_ID: "7b9d2f6e-0000-4000-8000-000000000003",
  CODER_WORKSPACE_TEMPLATE_NAME: "scoped",
  CODER_WORKSPACE_TEMPLATE_VERSION: "v1",
  CODER_WORKSPACE_OWNER: "ada",
  CODER_WORKSPACE_OWNER_ID: "7b9d2f6e-0000-4000-8000-000000000004",
  CODER_WORKSPACE_OWNER_GROUPS: '["Everyone","devs"]',
  CODER_WORKSPACE_OWNER_RBAC_ROLES: '[{"name":"member","org_id":""}]',
} as const;

const MAIN = `terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}

data "coder_workspace" "me" {}
data "coder_workspace_owner" "me" {}
data "coder_provisioner" "me" {}

resource "coder_agent" "main" {
  os            = "linux"
  arch          = "arm64"
  api_key_scope = "no_user_data"
  env = {
    constructor = data.coder_workspace.me.name
    __proto__   = "kept"
  }
  metadata {
    key      = "load"
    script   = "uptime"
    interval = 10
  }
  resources_monitoring {
    memory {
      enabled   = true
      threshold = 80
    }
    volume {
      path      = "/home"
      enabled   = false
      threshold = 90
    }
  }
}
`;

type Open = (options: ProjectOptions) => Promise<TerraformProject>;

const shapes: { shape: string; open: Open }[] = [
  { shape: "a plugin over mutual TLS", open: (options) => projectWithPlugin({ ...options, env: { ...BUILD, ...options.env } }) },
  {
    shape: "a plugin without TLS",
    open: (options) => projectWithPlugin({ ...options, env: { ...BUILD, TF_DISABLE_PLUGIN_TLS: "1", ...options.env } }),
  },
  { shape: "a provider in process", open: (options) => projectInProcess({ ...options, coderEnv: BUILD }) },
];

for (const { shape, open } of shapes) {
  test(`${shape} goes through plan, apply, an empty plan and destroy`, { timeout: 60_000 }, async () => {
    await using project = await open({ files: { "main.tf": MAIN } });
    const [change] = (await plannedChanges(project)).filter(({ address }) => address === "coder_agent.main");
    expect(change?.change).toMatchObject({
      actions: ["create"],
      after: {
        api_key_scope: "no_user_data",
        auth: "token",
        connection_timeout: 120,
        dir: null,
        env: { constructor: "dev", ["__proto__"]: "kept" },
        metadata: [{ key: "load", display_name: null, order: null, timeout: null }],
        startup_script_behavior: "non-blocking",
      },
      after_unknown: { id: true, token: true, init_script: true, display_apps: true },
    });

    const apply = await project.terraform("apply", "-no-color", "-input=false", "plan");
    expect(apply.stderr).toBe("");
    const agent = await stored(project, "coder_agent.main");
    expect(agent).toMatchObject({
      api_key_scope: "no_user_data",
      display_apps: [{ vscode: true, vscode_insiders: false, web_terminal: true, port_forwarding_helper: true, ssh_helper: true }],
      init_script: "curl https://coder.example.com:8443/bin # token $& https://coder.example.com:8443/",
      metadata: [{ key: "load", display_name: "", order: 0, timeout: 0 }],
      resources_monitoring: [{ memory: [{ enabled: true, threshold: 80 }], volume: [{ path: "/home", enabled: false, threshold: 90 }] }],
      order: null,
      troubleshooting_url: null,
    });
    expect(isSecret("agent", String(agent.token))).toBe(true);
    expect(agent.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await stored(project, "coder_workspace.me")).toEqual({
      access_port: 8443,
      access_url: "https://coder.example.com:8443/sub/?x=1#y",
      id: BUILD.CODER_WORKSPACE_ID,
      is_prebuild: false,
      is_prebuild_claim: false,
      name: "dev",
      prebuild_count: 0,
      start_count: 1,
      template_id: BUILD.CODER_WORKSPACE_TEMPLATE_ID,
      template_name: "scoped",
      template_version: "v1",
      transition: "start",
    });
    expect(await stored(project, "coder_workspace_owner.me")).toMatchObject({
      name: "ada",
      full_name: "default",
      groups: ["Everyone", "devs"],
      rbac_roles: [{ name: "member", org_id: "" }],
      login_type: null,
      session_token: "",
    });

    const second = await project.terraform("plan", "-no-color", "-input=false", "-detailed-exitcode");
    expect(second).toMatchObject({ exitCode: 0, stderr: "" });
    const destroy = await project.terraform("destroy", "-no-color", "-auto-approve");
    expect(destroy).toMatchObject({ exitCode: 0, stderr: "" });
    expect(destroy.stdout).toContain("1 destroyed");
  });

  test(`${shape} refuses a scope that does not exist, at its line, and names those that do`, async () => {
    await using project = await open({ files: { "main.tf": MAIN.replace('"no_user_data"', '"read_only"') } });
    const { valid, diagnostics } = await validation(project);
    expect(valid).toBe(false);
    expect(diagnostics).toMatchObject([
      {
        severity: "error",
        summary: 'expected api_key_scope to be one of ["all" "no_user_data"], got read_only',
        range: { filename: "main.tf", start: { line: 16 } },
        snippet: { code: '  api_key_scope = "read_only"' },
      },
    ]);
    const plan = await project.terraform("plan", "-no-color", "-input=false");
    expect(plan.exitCode).toBe(1);
    expect(plan.stderr).toContain('on main.tf line 16, in resource "coder_agent" "main"');
  });
}
