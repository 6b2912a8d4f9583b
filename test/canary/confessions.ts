/** How a test learns what a template was given: the template's own code sends it to a listener of the test. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** What the code of a template found, an empty text where it was given nothing. */
export interface Confession {
  readonly session_token: string;
  readonly ssh_private_key: string;
  readonly external_auth: string;
  /** By the agent's name. */
  readonly agents: Readonly<Record<string, string>>;
}

export interface Confessor extends AsyncDisposable {
  readonly url: string;
  /** What came for this workspace, the latest last. */
  of(workspace: string): readonly Confession[];
}

export async function startConfessor(): Promise<Confessor> {
  const heard = new Map<string, Confession[]>();
  const server = createServer((request, response) => {
    const workspace = decodeURIComponent(request.url?.slice(1) ?? "");
    json(request).then((confession) => {
      heard.set(workspace, [...(heard.get(workspace) ?? []), confession as Confession]);
      response.end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    of: (workspace) => heard.get(workspace) ?? [],
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A template with two agents, secrets in a variable, parameters and an agent's environment, that sends what it got when it starts. */
export function confessingTemplate(url: string, { wait = 0 }: { readonly wait?: number } = {}): Record<string, string> {
  return {
    "main.tf": `terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}
variable "cloud_secret" {
  type      = string
  sensitive = true
  default   = ""
}
data "coder_workspace" "me" {}
data "coder_workspace_owner" "me" {}
data "coder_external_auth" "demo" {
  id       = "demo"
  optional = true
}
data "coder_parameter" "database_password" {
  name    = "database_password"
  default = ""
}
data "coder_parameter" "service_key" {
  name    = "service_key"
  default = ""
}
resource "coder_agent" "free" {
  os   = "linux"
  arch = "amd64"
  env  = { SERVICE_KEY = data.coder_parameter.service_key.value }
}
resource "coder_agent" "restricted" {
  os            = "linux"
  arch          = "amd64"
  api_key_scope = "no_user_data"
}
resource "terraform_data" "machine" {
  count            = data.coder_workspace.me.start_count
  input            = [coder_agent.free.id, coder_agent.restricted.id, sha256(var.cloud_secret)]
  triggers_replace = timestamp()
  provisioner "local-exec" {
    command = "sleep ${wait}; curl --silent --show-error --fail --data-binary @- ${url}/$WORKSPACE <<<\\"$FOUND\\""
    interpreter = ["bash", "-c"]
    environment = {
      WORKSPACE = data.coder_workspace.me.name
      FOUND = nonsensitive(jsonencode({
        session_token   = data.coder_workspace_owner.me.session_token
        ssh_private_key = data.coder_workspace_owner.me.ssh_private_key
        external_auth   = data.coder_external_auth.demo.access_token
        agents          = { free = coder_agent.free.token, restricted = coder_agent.restricted.token }
      }))
    }
  }
}
`,
  };
}
