# Users must log in to this service before they can create a workspace.
data "coder_external_auth" "forge" {
  id = "gitea-main"
}

# Optional: without a login, the token is empty.
data "coder_external_auth" "tracker" {
  id       = "tracker"
  optional = true
}

resource "coder_agent" "main" {
  os   = "linux"
  arch = "amd64"
}

resource "coder_env" "forge_token" {
  agent_id = coder_agent.main.id
  name     = "FORGE_TOKEN"
  value    = data.coder_external_auth.forge.access_token
}

resource "coder_env" "tracker_token" {
  count    = nonsensitive(data.coder_external_auth.tracker.access_token != "") ? 1 : 0
  agent_id = coder_agent.main.id
  name     = "TRACKER_TOKEN"
  value    = data.coder_external_auth.tracker.access_token
}
