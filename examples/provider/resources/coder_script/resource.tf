resource "coder_agent" "main" {
  os   = "linux"
  arch = "amd64"
}

# Before the first login.
resource "coder_script" "dotfiles" {
  agent_id           = coder_agent.main.id
  display_name       = "Dotfiles"
  icon               = "/icon/dotfiles.svg"
  script             = <<-EOT
    #!/bin/sh
    set -eu
    [ -d "$HOME/.dotfiles" ] || git clone https://git.example.com/dev/dotfiles.git "$HOME/.dotfiles"
    "$HOME/.dotfiles/install"
  EOT
  run_on_start       = true
  start_blocks_login = true
  timeout            = 300
  log_path           = "dotfiles.log"
}

# Every weekday at 17:30. The first of the six fields is the second.
resource "coder_script" "push_drafts" {
  agent_id     = coder_agent.main.id
  display_name = "Push drafts"
  script       = "git -C \"$HOME/project\" push origin HEAD:refs/drafts/$USER"
  cron         = "0 30 17 * * MON-FRI"
}

# Before the workspace stops.
resource "coder_script" "save_database" {
  agent_id     = coder_agent.main.id
  display_name = "Save the database"
  script       = "pg_dump project > \"$HOME/project.sql\""
  run_on_stop  = true
  timeout      = 120
}
