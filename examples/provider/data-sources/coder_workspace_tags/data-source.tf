data "coder_parameter" "region" {
  name    = "region"
  default = "fra"

  option {
    name  = "Frankfurt"
    value = "fra"
  }

  option {
    name  = "São Paulo"
    value = "gru"
  }
}

# A provisioner with these tags builds the workspace.
data "coder_workspace_tags" "main" {
  tags = {
    region = data.coder_parameter.region.value
    pool   = "workspaces"
  }
}
