# A secret of the owner for this environment variable.
data "coder_secret" "npm" {
  env          = "NPM_TOKEN"
  help_message = "Create a read-only token at https://npm.example.com/settings and store it as a secret for NPM_TOKEN."
}

# A secret of the owner for this file.
data "coder_secret" "license" {
  file         = "~/.config/toolchain/license.key"
  help_message = "The team's lead hands out license keys."
}

resource "coder_agent" "main" {
  os   = "linux"
  arch = "amd64"
}

resource "coder_env" "npm" {
  agent_id = coder_agent.main.id
  name     = "NPM_TOKEN"
  value    = data.coder_secret.npm.value
}

resource "terraform_data" "volume" {
  input = { "license.key" = data.coder_secret.license.value }
}
