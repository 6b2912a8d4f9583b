data "coder_workspace" "me" {}

resource "coder_agent" "main" {
  os   = "linux"
  arch = "amd64"
}

# Uses the folder's own .devcontainer/devcontainer.json.
resource "coder_devcontainer" "project" {
  count            = data.coder_workspace.me.start_count
  agent_id         = coder_agent.main.id
  workspace_folder = "/home/dev/project"
}

# Uses a configuration outside of the folder.
resource "coder_devcontainer" "docs" {
  count            = data.coder_workspace.me.start_count
  agent_id         = coder_agent.main.id
  workspace_folder = "/home/dev/docs"
  config_path      = "/etc/devcontainers/docs.json"
}

# Apps in the container belong to the container's own agent.
resource "coder_app" "docs" {
  count        = data.coder_workspace.me.start_count
  agent_id     = coder_devcontainer.docs[0].subagent_id
  slug         = "docs"
  display_name = "Documentation"
  url          = "http://localhost:4000"
}
