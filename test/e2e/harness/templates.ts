/** Templates in a line or two, for tests that need nothing else. They use Terraform's builtin provider only: no network. */

const REQUIRED = `terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}
data "coder_workspace" "me" {}
`;

/** One agent per name, each on its own resource, which exists while the workspace runs. */
export function templateWithAgents(agents: Readonly<Record<string, string>>): Record<string, string> {
  const blocks = Object.entries(agents).map(
    ([name, attributes]) => `resource "coder_agent" "${name}" {
  os   = "linux"
  arch = "amd64"
  ${attributes}
}
resource "terraform_data" "${name}" {
  count = data.coder_workspace.me.start_count
  # A copy of the token, which stays in the state: the agent's own does not.
  input = { agent = coder_agent.${name}.id, token = coder_agent.${name}.token }
}
`,
  );
  return { "main.tf": REQUIRED + blocks.join("") };
}

/** A template with only this content after the provider's declaration. */
export function templateOf(hcl: string): Record<string, string> {
  return { "main.tf": REQUIRED + hcl };
}
