data "coder_workspace" "me" {}

data "coder_provisioner" "me" {}

# For the person who uses the workspace.
resource "coder_agent" "main" {
  os   = data.coder_provisioner.me.os
  arch = data.coder_provisioner.me.arch

  env = {
    EDITOR     = "vim"
    GOPATH     = "$HOME/go"
    PROJECT_DB = "postgres://localhost:5432/project"
  }

  # Logins wait until the project exists.
  startup_script_behavior = "blocking"
  startup_script          = <<-EOT
    #!/bin/sh
    set -eu
    [ -d "$HOME/project" ] || git clone https://git.example.com/team/project.git "$HOME/project"
  EOT
  shutdown_script         = "docker compose --project-directory $HOME/project down"

  connection_timeout  = 300
  troubleshooting_url = "https://wiki.example.com/workspaces/agent-does-not-connect"
  motd_file           = "/etc/motd"
  order               = 1

  display_apps {
    vscode_insiders        = true
    port_forwarding_helper = false
  }

  metadata {
    key          = "load"
    display_name = "Load average"
    script       = "cut -d ' ' -f 1-3 /proc/loadavg"
    interval     = 10
    timeout      = 1
    order        = 1
  }

  metadata {
    key          = "home"
    display_name = "Home directory"
    script       = "df -h --output=pcent $HOME | tail -n 1"
    interval     = 300
    order        = 2
  }

  resources_monitoring {
    memory {
      enabled   = true
      threshold = 90
    }
    volume {
      path      = "/home"
      enabled   = true
      threshold = 80
    }
  }
}

# For a program that is not trusted with its owner's Git key and external-auth tokens.
resource "coder_agent" "assistant" {
  os            = data.coder_provisioner.me.os
  arch          = data.coder_provisioner.me.arch
  api_key_scope = "no_user_data"
  order         = 2

  display_apps {
    vscode                 = false
    web_terminal           = false
    port_forwarding_helper = false
    ssh_helper             = false
  }
}

# Represents the machines: a container or virtual machine gets the same two values of its agent.
resource "terraform_data" "machine" {
  for_each = {
    for name, agent in { main = coder_agent.main, assistant = coder_agent.assistant } :
    name => agent if data.coder_workspace.me.start_count > 0
  }
  input = {
    command     = ["sh", "-c", each.value.init_script]
    environment = { CODER_AGENT_TOKEN = each.value.token }
  }
}
