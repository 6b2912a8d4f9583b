# A choice of one option. Without options, this would be a text field.
data "coder_parameter" "region" {
  name         = "region"
  display_name = "Region"
  description  = "Where the workspace runs. It cannot move later."
  type         = "string"
  form_type    = "dropdown"
  default      = "fra"
  icon         = "/icon/globe.svg"
  order        = 1

  option {
    name        = "Frankfurt"
    value       = "fra"
    description = "Closest to the database."
    icon        = "/emojis/1f1e9-1f1ea.png"
  }

  option {
    name  = "São Paulo"
    value = "gru"
    icon  = "/emojis/1f1e7-1f1f7.png"
  }
}

# Disks can only grow, so the value must not decrease.
data "coder_parameter" "disk_gb" {
  name         = "disk_gb"
  display_name = "Disk"
  description  = "Size of the home volume in GB."
  type         = "number"
  form_type    = "slider"
  default      = 50
  mutable      = true
  order        = 2

  validation {
    min       = 20
    max       = 500
    monotonic = "increasing"
    error     = "{value} GB is not between {min} and {max} GB."
  }
}

data "coder_parameter" "branch" {
  name         = "branch"
  display_name = "Branch"
  description  = "Checked out in a new workspace."
  default      = "main"
  mutable      = true
  order        = 3

  validation {
    regex = "^[A-Za-z0-9._/-]+$"
    error = "That is no name of a branch."
  }
}

data "coder_parameter" "gpu" {
  name      = "gpu"
  type      = "bool"
  form_type = "switch"
  default   = false
  mutable   = true
  order     = 4
}

# A choice of several options: the value is a JSON list.
data "coder_parameter" "services" {
  name         = "services"
  display_name = "Services"
  type         = "list(string)"
  form_type    = "multi-select"
  default      = jsonencode(["postgres"])
  mutable      = true
  order        = 5

  option {
    name  = "PostgreSQL"
    value = "postgres"
  }

  option {
    name  = "Redis"
    value = "redis"
  }
}

# Any number of free words.
data "coder_parameter" "packages" {
  name         = "packages"
  display_name = "Packages to install"
  type         = "list(string)"
  default      = jsonencode([])
  mutable      = true
  order        = 6
}

data "coder_parameter" "init_script" {
  name      = "init_script"
  form_type = "textarea"
  default   = ""
  mutable   = true
  order     = 7
  styling   = jsonencode({ placeholder = "echo hello" })
}

# Asked for at each start, and not stored.
data "coder_parameter" "clear_cache" {
  name         = "clear_cache"
  display_name = "Clear the build cache this time"
  type         = "bool"
  default      = "false"
  mutable      = true
  ephemeral    = true
  order        = 8
}

resource "terraform_data" "machine" {
  input = {
    region      = data.coder_parameter.region.value
    disk_gb     = tonumber(data.coder_parameter.disk_gb.value)
    gpu         = tobool(data.coder_parameter.gpu.value)
    services    = jsondecode(data.coder_parameter.services.value)
    packages    = jsondecode(data.coder_parameter.packages.value)
    branch      = data.coder_parameter.branch.value
    init_script = data.coder_parameter.init_script.value
    clear_cache = tobool(data.coder_parameter.clear_cache.value)
  }
}
