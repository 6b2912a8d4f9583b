# The agent of a machine that this template does not create: somebody starts it there by hand.
resource "coder_agent" "lab" {
  os                 = "linux"
  arch               = "arm64"
  connection_timeout = 0
}

resource "coder_external_agent" "lab" {
  agent_id = coder_agent.lab.id
}
