data "coder_parameter" "size" {
  name    = "size"
  default = "small"

  option {
    name  = "Small"
    value = "small"
  }

  option {
    name  = "Large"
    value = "large"
  }
}

data "coder_parameter" "gpu" {
  name    = "gpu"
  type    = "bool"
  default = "false"
}

# The default preset, with workspaces built in advance: ten in office hours, four on Saturday mornings, two at all other times. One that nobody
# has claimed after a day is replaced, using the template's current version.
data "coder_workspace_preset" "standard" {
  name        = "Standard"
  description = "What most of us need."
  icon        = "/icon/desktop.svg"
  default     = true
  parameters = {
    (data.coder_parameter.size.name) = "small"
    (data.coder_parameter.gpu.name)  = "false"
  }

  prebuilds {
    instances = 2

    expiration_policy {
      ttl = 86400
    }

    scheduling {
      timezone = "Europe/Berlin"

      schedule {
        cron      = "* 8-17 * * 1-5"
        instances = 10
      }

      schedule {
        cron      = "* 9-12 * * 6"
        instances = 4
      }
    }
  }
}

# Built on request only.
data "coder_workspace_preset" "training" {
  name = "Training"
  parameters = {
    (data.coder_parameter.size.name) = "large"
    (data.coder_parameter.gpu.name)  = "true"
  }
}
