data "coder_task" "me" {}

resource "coder_agent" "main" {
  os   = "linux"
  arch = "amd64"
}

# People write the prompt, so pass it in a variable and never in the text of a script.
resource "coder_env" "prompt" {
  agent_id = coder_agent.main.id
  name     = "TASK_PROMPT"
  value    = data.coder_task.me.prompt
}

# A workspace that was created for a task starts to work on it; any other workspace waits for its owner.
resource "coder_script" "work" {
  count        = data.coder_task.me.enabled ? 1 : 0
  agent_id     = coder_agent.main.id
  display_name = "Work on the task"
  script       = "assistant --session '${data.coder_task.me.id}' --prompt \"$TASK_PROMPT\""
  run_on_start = true
}
