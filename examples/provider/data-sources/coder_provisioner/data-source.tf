data "coder_provisioner" "me" {}

# For a workspace on the provisioner's own machine, such as a container of its Docker daemon.
resource "coder_agent" "main" {
  os   = data.coder_provisioner.me.os
  arch = data.coder_provisioner.me.arch
}

resource "terraform_data" "container" {
  input = {
    platform = "${data.coder_provisioner.me.os}/${data.coder_provisioner.me.arch}"
    command  = ["sh", "-c", coder_agent.main.init_script]
  }
}
