data "coder_workspace" "me" {}

resource "coder_agent" "main" {
  os   = "linux"
  arch = "amd64"
}

# The folder's own .devcontainer/devcontainer.json.
resource "coder_devcontainer" "project" {
  count            = data.coder_workspace.me.start_count
  agent_id         = coder_agent.main.id
  workspace_folder = "/home/dev/project"
}

# A configuration that the folder does not have.
resource "coder_devcontainer" "docs" {
  count            = data.coder_workspace.me.start_count
  agent_id         = coder_agent.main.id
  workspace_folder = "/home/dev/docs"
  config_path      = "/etc/devcontainers/docs.json"
}

# What runs in the container belongs to the container's own agent.
resource "coder_app" "docs" {
  count        = data.coder_workspace.me.start_count
  agent_id     = coder_devcontainer.docs[0].subagent_id
  slug         = "docs"
  display_name = "Documentation"
  url          = "http://localhost:4000"
}
