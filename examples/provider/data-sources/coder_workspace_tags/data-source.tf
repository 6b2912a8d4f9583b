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

# The workspace is built by a provisioner that has these tags.
data "coder_workspace_tags" "main" {
  tags = {
    region = data.coder_parameter.region.value
    pool   = "workspaces"
  }
}
