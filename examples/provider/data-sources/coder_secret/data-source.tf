# A secret of the owner that says to be put into this variable.
data "coder_secret" "npm" {
  env          = "NPM_TOKEN"
  help_message = "Make a read-only token at https://npm.example.com/settings and store it as a secret for NPM_TOKEN."
}

# One that says to be put into this file.
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
