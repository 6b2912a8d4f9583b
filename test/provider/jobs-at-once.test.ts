/** A daemon's process serves the provider to several jobs, each of which may have several instances of it. */
import { expect, test } from "vitest";
import { deriveAgentToken } from "#credentials/agent-token.ts";
import { projectInProcess } from "./terraform-project.ts";

const MAIN = `terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}
provider "coder" {
  alias = "other"
  url   = "https://other.example"
}
data "coder_workspace_owner" "me" {}
data "coder_external_auth" "git" {
  id = "git"
}
data "coder_workspace" "main" {}
data "coder_workspace" "other" {
  provider = coder.other
}
resource "coder_agent" "main" {
  os   = "linux"
  arch = "amd64"
}
output "seen" {
  sensitive = true
  value = {
    owner = data.coder_workspace_owner.me.session_token
    git   = data.coder_external_auth.git.access_token
    urls  = [data.coder_workspace.main.access_url, data.coder_workspace.other.access_url]
    agent = { id = coder_agent.main.id, token = coder_agent.main.token }
  }
}
`;

const secretOf = (name: string): Uint8Array => Buffer.alloc(32, name);

async function applyAs(name: string) {
  const coderEnv = {
    CODER_AGENT_URL: `https://${name}.example`,
    CODER_WORKSPACE_OWNER_SESSION_TOKEN: `session of ${name}`,
    // The one who has none must not get the other's.
    ...(name === "ada" && { CODER_EXTERNAL_AUTH_ACCESS_TOKEN_git: "git of ada" }),
  };
  await using project = await projectInProcess({ files: { "main.tf": MAIN }, coderEnv, agentTokenSecret: secretOf(name) });
  const { exitCode, stderr } = await project.terraform("apply", "-no-color", "-auto-approve");
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(await project.read("terraform.tfstate")).outputs.seen.value;
}

test("of two jobs at once, and of two instances in one, each has what it was given", async () => {
  const [ada, bob] = await Promise.all([applyAs("ada"), applyAs("bob")]);
  expect(ada).toMatchObject({ owner: "session of ada", git: "git of ada", urls: ["https://ada.example", "https://other.example"] });
  expect(bob).toMatchObject({ owner: "session of bob", git: "", urls: ["https://bob.example", "https://other.example"] });
  for (const [name, { agent }] of Object.entries({ ada, bob })) expect(agent.token).toBe(deriveAgentToken(secretOf(name), agent.id));
});
