data "coder_workspace" "me" {}

data "coder_task" "me" {}

# The agent that runs the task may not read its owner's credentials.
resource "coder_agent" "assistant" {
  os            = "linux"
  arch          = "amd64"
  api_key_scope = "no_user_data"
}

resource "coder_env" "prompt" {
  agent_id = coder_agent.assistant.id
  name     = "TASK_PROMPT"
  value    = data.coder_task.me.prompt
}

resource "coder_app" "chat" {
  agent_id     = coder_agent.assistant.id
  slug         = "chat"
  display_name = "Chat"
  url          = "http://localhost:3284"

  healthcheck {
    url       = "http://localhost:3284/healthz"
    interval  = 5
    threshold = 12
  }
}

# Only in a workspace that was created for a task, and only while it is started.
resource "coder_ai_task" "main" {
  count  = data.coder_task.me.enabled ? data.coder_workspace.me.start_count : 0
  app_id = coder_app.chat.id
}
