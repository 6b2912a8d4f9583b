import type { AcceptanceCase } from "./acceptance-case.ts";

/** A preset and the outputs of what its state says, as templates read nested values. */
const whole = `
  data "coder_workspace_preset" "it" {
    name        = "Large"
    description = "Eight cores"
    icon        = "/icon/go.svg"
    default     = true
    parameters = {
      cores  = 8
      region = ""
    }
    prebuilds {
      instances = 2
      expiration_policy {
        ttl = 86400
      }
      scheduling {
        timezone = "US/Pacific"
        schedule {
          cron      = "* 8-18 * * 1-5"
          instances = 3
        }
        schedule {
          cron      = "* 8-14 * * 6"
          instances = 0
        }
      }
    }
  }

  locals {
    prebuilds = one(data.coder_workspace_preset.it.prebuilds)
  }

  resource "terraform_data" "seen" {
    input = {
      instances = tostring(local.prebuilds.instances)
      ttl       = tostring(one(local.prebuilds.expiration_policy).ttl)
      timezone  = one(local.prebuilds.scheduling).timezone
      cron      = one(local.prebuilds.scheduling).schedule[0].cron
      at_night  = tostring(one(local.prebuilds.scheduling).schedule[1].instances)
    }
  }
`;

export const workspacePresetCases: readonly AcceptanceCase[] = [
  {
    name: "preset_least",
    main: `
      data "coder_workspace_preset" "it" {
        name = "Small"
      }

      data "coder_workspace_preset" "of_empty_values" {
        name        = "Empty"
        description = ""
        icon        = ""
        default     = false
        parameters  = {}
      }
    `,
    state: {
      "data.coder_workspace_preset.it": {
        id: "Small",
        name: "Small",
        description: null,
        icon: null,
        default: false,
        parameters: null,
        prebuilds: null,
      },
      "data.coder_workspace_preset.of_empty_values": {
        id: "Empty",
        description: null,
        icon: null,
        default: false,
        parameters: null,
        prebuilds: null,
      },
    },
  },
  {
    name: "preset_whole",
    main: whole,
    state: {
      "data.coder_workspace_preset.it": {
        id: "Large",
        name: "Large",
        description: "Eight cores",
        icon: "/icon/go.svg",
        default: true,
        parameters: { cores: "8", region: "" },
        prebuilds: [
          {
            instances: 2,
            expiration_policy: [{ ttl: 86_400 }],
            scheduling: [
              {
                timezone: "US/Pacific",
                schedule: [
                  { cron: "* 8-18 * * 1-5", instances: 3 },
                  { cron: "* 8-14 * * 6", instances: 0 },
                ],
              },
            ],
          },
        ],
      },
      "terraform_data.seen": {
        output: { instances: "2", ttl: "86400", timezone: "US/Pacific", cron: "* 8-18 * * 1-5", at_night: "0" },
      },
    },
    changes: [
      { name: "what nobody reads", main: whole.replace("Eight cores", "Eight big cores"), actions: {} },
      { name: "another time zone", main: whole.replace("US/Pacific", "UTC"), actions: { "terraform_data.seen": ["update"] } },
    ],
  },
  {
    name: "preset_with_prebuilds_only",
    main: `
      data "coder_workspace_preset" "it" {
        name = "Ready"
        parameters = {
          region = "eu"
          size   = null
        }
        prebuilds {
          instances = 0
        }
      }
    `,
    state: {
      "data.coder_workspace_preset.it": {
        parameters: { region: "eu" },
        prebuilds: [{ instances: 0, expiration_policy: [], scheduling: [] }],
      },
    },
  },
  {
    name: "preset_of_unknowns",
    // Terraform reads it while it applies, once it knows.
    main: `
      resource "terraform_data" "later" {
        input = { name = "Later", icon = "/icon/go.svg", yes = true, number = 3600, timezone = "Europe/Berlin", cron = "* 1 * * *" }
      }

      data "coder_workspace_preset" "it" {
        name        = terraform_data.later.output.name
        description = terraform_data.later.output.name
        icon        = terraform_data.later.output.icon
        default     = terraform_data.later.output.yes
        parameters = {
          name = terraform_data.later.output.name
        }
        prebuilds {
          instances = terraform_data.later.output.number
          expiration_policy {
            ttl = terraform_data.later.output.number
          }
          scheduling {
            timezone = terraform_data.later.output.timezone
            schedule {
              cron      = terraform_data.later.output.cron
              instances = terraform_data.later.output.number
            }
          }
        }
      }
    `,
    state: {
      "data.coder_workspace_preset.it": {
        id: "Later",
        name: "Later",
        description: "Later",
        icon: "/icon/go.svg",
        default: true,
        parameters: { name: "Later" },
        prebuilds: [
          {
            instances: 3600,
            expiration_policy: [{ ttl: 3600 }],
            scheduling: [{ timezone: "Europe/Berlin", schedule: [{ cron: "* 1 * * *", instances: 3600 }] }],
          },
        ],
      },
    },
  },
];
