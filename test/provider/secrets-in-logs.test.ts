/** What the provider is told in confidence stands in the state, and in nothing that is printed: plans, diagnostics, or logs at the lowest level. */
import { expect, test } from "vitest";
import { projectWithPlugin } from "./terraform-project.ts";

const SECRET = "sEkReT-";

const ENV = {
  CODER_AGENT_URL: "https://proviso.example",
  CODER_WORKSPACE_BUILD_ID: "6c8d9b5e-4d8e-4d0e-9d5b-0d6f0c0c9a11",
  CODER_WORKSPACE_TRANSITION: "start",
  CODER_SECRET_ENV_DB_PASSWORD: `${SECRET}1`,
  "CODER_EXTERNAL_AUTH_ACCESS_TOKEN_git-host": `${SECRET}2`,
  CODER_WORKSPACE_OWNER_SESSION_TOKEN: `${SECRET}3`,
  CODER_WORKSPACE_OWNER_SSH_PRIVATE_KEY: `${SECRET}4`,
  CODER_WORKSPACE_OWNER_OIDC_ACCESS_TOKEN: `${SECRET}5`,
  TF_LOG: "TRACE",
};

const MAIN = `terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}
data "coder_secret" "db" {
  env          = "DB_PASSWORD"
  help_message = ""
}
data "coder_external_auth" "git" {
  id = "git-host"
}
data "coder_workspace_owner" "me" {}
resource "coder_agent" "main" {
  os   = "linux"
  arch = "amd64"
  env = {
    DB  = data.coder_secret.db.value
    GIT = data.coder_external_auth.git.access_token
    API = data.coder_workspace_owner.me.session_token
    KEY = data.coder_workspace_owner.me.ssh_private_key
    ID  = data.coder_workspace_owner.me.oidc_access_token
  }
}
`;

test("an apply prints none of the secrets that it stores", async () => {
  await using project = await projectWithPlugin({ files: { "main.tf": MAIN }, env: ENV });
  const { exitCode, stdout, stderr } = await project.terraform("apply", "-no-color", "-auto-approve");
  expect(exitCode, stderr).toBe(0);
  const state = await project.read("terraform.tfstate");
  for (const number of [1, 2, 3, 4, 5]) expect(state).toContain(`${SECRET}${number}`);
  const [, token = "none"] = /"token": "([^"]+)"/.exec(state) ?? [];
  expect(stdout + stderr).toContain("[TRACE]");
  for (const secret of [SECRET, token]) expect(stdout + stderr).not.toContain(secret);
});

test("a refusal shows nothing of what it is about", async () => {
  const env = {
    ...ENV,
    CODER_WORKSPACE_OWNER_GROUPS: `["everyone", ${SECRET}6]`,
    CODER_WORKSPACE_OWNER_RBAC_ROLES: `[{"name": "${SECRET}7"`,
    CODER_SECRET_ENV_DB_PASSWORD: "",
  };
  await using project = await projectWithPlugin({ files: { "main.tf": MAIN }, env });
  const { exitCode, stdout, stderr } = await project.terraform("plan", "-no-color");
  expect(exitCode).toBe(1);
  expect(stderr).toContain("Error: invalid user groups: not valid JSON");
  expect(stderr).toContain('Error: Missing required secret: environment variable "DB_PASSWORD"');
  expect(stdout + stderr).not.toContain(SECRET);
});
