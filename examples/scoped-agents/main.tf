terraform {
  # terraform_data requires 1.4.
  required_version = ">= 1.4"
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}

data "coder_workspace" "me" {}

data "coder_provisioner" "me" {}

# For people: it may use its owner's Git SSH key and external-auth tokens. "all" is also the default.
resource "coder_agent" "helper" {
  os            = data.coder_provisioner.me.os
  arch          = data.coder_provisioner.me.arch
  api_key_scope = "all"
}

# For a program that is not trusted with them: it can connect, run scripts and send logs, but has no access to its owner's secrets.
resource "coder_agent" "assistant" {
  os            = data.coder_provisioner.me.os
  arch          = data.coder_provisioner.me.arch
  api_key_scope = "no_user_data"
}

# A process on the provisioner's own machine represents the virtual machine or container of a real template. It exists while the workspace
# is started, and is replaced whenever the agent's token changes: a token is valid for one build.
resource "terraform_data" "helper" {
  count            = data.coder_workspace.me.start_count
  triggers_replace = sha256(coder_agent.helper.token)
  input            = "${data.coder_workspace.me.id}/helper"

  provisioner "local-exec" {
    command = "sh '${path.module}/start-agent.sh'"
    environment = {
      AGENT_DIRECTORY   = self.input
      AGENT_INIT_SCRIPT = coder_agent.helper.init_script
      # Never pass it on a command line, where every user of the machine could read it.
      CODER_AGENT_TOKEN = coder_agent.helper.token
    }
  }

  provisioner "local-exec" {
    when        = destroy
    command     = "sh '${path.module}/stop-agent.sh'"
    environment = { AGENT_DIRECTORY = self.input }
  }
}

resource "terraform_data" "assistant" {
  count            = data.coder_workspace.me.start_count
  triggers_replace = sha256(coder_agent.assistant.token)
  input            = "${data.coder_workspace.me.id}/assistant"

  provisioner "local-exec" {
    command = "sh '${path.module}/start-agent.sh'"
    environment = {
      AGENT_DIRECTORY   = self.input
      AGENT_INIT_SCRIPT = coder_agent.assistant.init_script
      CODER_AGENT_TOKEN = coder_agent.assistant.token
    }
  }

  provisioner "local-exec" {
    when        = destroy
    command     = "sh '${path.module}/stop-agent.sh'"
    environment = { AGENT_DIRECTORY = self.input }
  }
}
