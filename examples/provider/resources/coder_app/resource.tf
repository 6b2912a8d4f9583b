resource "coder_agent" "main" {
  os   = "linux"
  arch = "amd64"
}

# A web application on a port of the workspace, shown as healthy once it answers.
resource "coder_app" "editor" {
  agent_id     = coder_agent.main.id
  slug         = "editor"
  display_name = "Editor"
  icon         = "/icon/code.svg"
  tooltip      = "Opens the project in the browser."
  url          = "http://localhost:13337/?folder=/home/dev/project"
  subdomain    = true
  share        = "owner"
  open_in      = "tab"
  group        = "Work"
  order        = 1

  healthcheck {
    url       = "http://localhost:13337/healthz"
    interval  = 5
    threshold = 6
  }
}

# A command in a terminal.
resource "coder_app" "top" {
  agent_id     = coder_agent.main.id
  slug         = "top"
  display_name = "Processes"
  command      = "top"
  group        = "Work"
  order        = 2
}

# A link to an external page. The agent is not involved.
resource "coder_app" "wiki" {
  agent_id     = coder_agent.main.id
  slug         = "wiki"
  display_name = "Team wiki"
  icon         = "https://wiki.example.com/favicon.ico"
  url          = "https://wiki.example.com/start"
  external     = true
}

# Not shown, but available to those who know its URL.
resource "coder_app" "preview" {
  agent_id  = coder_agent.main.id
  slug      = "preview"
  url       = "http://localhost:8000"
  subdomain = true
  share     = "authenticated"
  hidden    = true
}
