# Represents the cloud's virtual machine.
resource "terraform_data" "instance" {
  input = "i-0a1b2c3d4e5f67890"
}

# Authenticates with the identity document that the cloud signs, so that the machine needs no token.
resource "coder_agent" "main" {
  os   = "linux"
  arch = "amd64"
  auth = "aws-instance-identity"
}

resource "coder_agent_instance" "main" {
  agent_id    = coder_agent.main.id
  instance_id = terraform_data.instance.output
}
