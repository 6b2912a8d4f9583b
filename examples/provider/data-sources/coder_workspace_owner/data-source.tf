data "coder_workspace_owner" "me" {}

resource "coder_agent" "main" {
  os   = "linux"
  arch = "amd64"
  env = {
    GIT_AUTHOR_NAME  = coalesce(data.coder_workspace_owner.me.full_name, data.coder_workspace_owner.me.name)
    GIT_AUTHOR_EMAIL = data.coder_workspace_owner.me.email
  }
}

locals {
  is_data_scientist = contains(data.coder_workspace_owner.me.groups, "data-science")
  is_template_admin = anytrue([for role in data.coder_workspace_owner.me.rbac_roles : role.name == "template-admin"])
}

resource "terraform_data" "machine" {
  input = {
    name           = "ws-${data.coder_workspace_owner.me.name}"
    authorized_key = data.coder_workspace_owner.me.ssh_public_key
    gpu            = local.is_data_scientist
    debug          = local.is_template_admin
  }
}
