import type { AcceptanceCase } from "./acceptance-case.ts";
import { anyUuid } from "./matchers.ts";

export const metadataCases: readonly AcceptanceCase[] = [
  {
    name: "metadata",
    main: `
      resource "coder_metadata" "least" {
        resource_id = "r"
      }
      resource "coder_metadata" "all" {
        resource_id = "r"
        hide        = true
        icon        = "/icon/disk.svg"
        daily_cost  = 5
        item {
          key = "nothing"
        }
        item {
          key   = "empty"
          value = ""
        }
        item {
          key       = "password"
          value     = "hunter2"
          sensitive = true
        }
      }`,
    state: {
      "coder_metadata.least": {
        id: anyUuid,
        resource_id: "r",
        hide: null,
        icon: null,
        daily_cost: null,
        item: [],
      },
      "coder_metadata.all": {
        hide: true,
        icon: "/icon/disk.svg",
        daily_cost: 5,
        item: [
          { key: "nothing", value: "", sensitive: false, is_null: true },
          { key: "empty", value: "", sensitive: false, is_null: false },
          { key: "password", value: "hunter2", sensitive: true, is_null: false },
        ],
      },
    },
    changes: [
      {
        name: "other_words_for_the_same",
        main: `
          resource "coder_metadata" "least" {
            resource_id = "r"
            hide        = false
            icon        = ""
            daily_cost  = 0
          }
          resource "coder_metadata" "all" {
            resource_id = "r"
            hide        = true
            icon        = "/icon/disk.svg"
            daily_cost  = 5
            item {
              key   = "nothing"
              value = ""
            }
            item {
              key       = "empty"
              sensitive = false
            }
            item {
              key       = "password"
              value     = "hunter2"
              sensitive = true
            }
          }`,
        actions: { "coder_metadata.least": [], "coder_metadata.all": [] },
      },
      {
        name: "another_value",
        main: `
          resource "coder_metadata" "least" {
            resource_id = "r"
            item {
              key = "first"
            }
          }
          resource "coder_metadata" "all" {
            resource_id = "r"
            hide        = true
            icon        = "/icon/disk.svg"
            daily_cost  = 5
            item {
              key   = "nothing"
              value = "something"
            }
            item {
              key   = "empty"
              value = ""
            }
            item {
              key       = "password"
              value     = "hunter2"
              sensitive = true
            }
          }`,
        actions: { "coder_metadata.least": ["delete", "create"], "coder_metadata.all": ["delete", "create"] },
      },
    ],
  },
  {
    name: "metadata_unknown",
    main: `
      resource "terraform_data" "input" {
        input = { hide = false, icon = "/icon/a.svg", cost = 3, keys = ["a", "b"], value = null, sensitive = true }
      }
      resource "coder_metadata" "it" {
        resource_id = terraform_data.input.id
        hide        = terraform_data.input.output.hide
        icon        = terraform_data.input.output.icon
        daily_cost  = terraform_data.input.output.cost
        item {
          key       = terraform_data.input.output.keys[0]
          value     = terraform_data.input.output.value
          sensitive = terraform_data.input.output.sensitive
        }
        item {
          key   = terraform_data.input.output.keys[1]
          value = "known"
        }
      }
      resource "coder_metadata" "dynamic" {
        resource_id = "r"
        dynamic "item" {
          for_each = terraform_data.input.output.keys
          content {
            key   = item.value
            value = item.key
          }
        }
      }`,
    state: {
      "coder_metadata.it": {
        hide: false,
        icon: "/icon/a.svg",
        daily_cost: 3,
        item: [
          { key: "a", value: "", sensitive: true, is_null: true },
          { key: "b", value: "known", sensitive: false, is_null: false },
        ],
      },
      "coder_metadata.dynamic": {
        item: [
          { key: "a", value: "0", sensitive: false, is_null: false },
          { key: "b", value: "1", sensitive: false, is_null: false },
        ],
      },
    },
  },
];
