data "coder_workspace" "me" {}

# Represents a database that belongs to the workspace.
resource "terraform_data" "database" {
  count = data.coder_workspace.me.start_count
  input = {
    host     = "db-${data.coder_workspace.me.name}.example.com"
    password = "correct horse battery staple"
  }
}

resource "coder_metadata" "database" {
  count       = data.coder_workspace.me.start_count
  resource_id = terraform_data.database[0].id
  icon        = "/icon/database.svg"
  daily_cost  = 12

  item {
    key   = "host"
    value = terraform_data.database[0].output.host
  }

  item {
    key       = "password"
    value     = terraform_data.database[0].output.password
    sensitive = true
  }
}

# Hidden, because users of the workspace do not need it.
resource "terraform_data" "token_seed" {
  input = data.coder_workspace.me.id
}

resource "coder_metadata" "token_seed" {
  resource_id = terraform_data.token_seed.id
  hide        = true
}
