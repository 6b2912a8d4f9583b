data "coder_workspace" "me" {}

resource "coder_agent" "main" {
  os   = "linux"
  arch = "amd64"
}

# Kept when the workspace is stopped. The name contains the UUID, because the workspace may be renamed.
resource "terraform_data" "home" {
  input = "home-${data.coder_workspace.me.id}"

  lifecycle {
    ignore_changes = [input]
  }
}

# Exists only while the workspace is started.
resource "terraform_data" "machine" {
  count = data.coder_workspace.me.start_count
  input = {
    name     = data.coder_workspace.me.name
    volume   = terraform_data.home.output
    label    = "${data.coder_workspace.me.template_name} ${data.coder_workspace.me.template_version}"
    spare    = data.coder_workspace.me.is_prebuild
    server   = data.coder_workspace.me.access_url
    firewall = ["443", tostring(data.coder_workspace.me.access_port)]
  }
}
