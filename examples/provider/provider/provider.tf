terraform {
  required_providers {
    coder = {
      source  = "coder/coder"
      version = "~> 2.0"
    }
  }
}

# In a build, the build provides the server's URL.
provider "coder" {}

data "coder_workspace" "me" {}

data "coder_provisioner" "me" {}

resource "coder_agent" "main" {
  os   = data.coder_provisioner.me.os
  arch = data.coder_provisioner.me.arch
}

# Represents the machine, which exists only while the workspace is started.
resource "terraform_data" "machine" {
  count = data.coder_workspace.me.start_count
  input = {
    name        = "ws-${data.coder_workspace.me.name}"
    command     = ["sh", "-c", coder_agent.main.init_script]
    environment = { CODER_AGENT_TOKEN = coder_agent.main.token }
  }
}
