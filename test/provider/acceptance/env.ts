import type { AcceptanceCase } from "./acceptance-case.ts";
import { anyUuid } from "./matchers.ts";

export const envCases: readonly AcceptanceCase[] = [
  {
    name: "env",
    main: `
      resource "coder_env" "least" {
        agent_id = "agent"
        name     = "EDITOR"
      }
      resource "coder_env" "all" {
        agent_id       = "agent"
        name           = "PATH"
        value          = ":/opt/bin"
        merge_strategy = "append"
      }
      resource "coder_env" "empty" {
        agent_id = "agent"
        name     = "_"
        value    = ""
      }`,
    state: {
      "coder_env.least": { id: anyUuid, agent_id: "agent", name: "EDITOR", value: null, merge_strategy: "replace" },
      "coder_env.all": { name: "PATH", value: ":/opt/bin", merge_strategy: "append" },
      "coder_env.empty": { value: "" },
    },
    changes: [
      {
        name: "other_words_for_the_same",
        main: `
          resource "coder_env" "least" {
            agent_id       = "agent"
            name           = "EDITOR"
            value          = ""
            merge_strategy = "replace"
          }
          resource "coder_env" "all" {
            agent_id       = "agent"
            name           = "PATH"
            value          = ":/opt/bin"
            merge_strategy = "prepend"
          }
          resource "coder_env" "empty" {
            agent_id = "agent"
            name     = "_"
          }`,
        actions: { "coder_env.least": [], "coder_env.all": ["delete", "create"], "coder_env.empty": [] },
      },
    ],
  },
  {
    name: "env_unknown",
    main: `
      resource "terraform_data" "input" {
        input = { name = "GOPATH", value = "/go", merge_strategy = "error" }
      }
      resource "coder_env" "it" {
        agent_id       = terraform_data.input.id
        name           = terraform_data.input.output.name
        value          = terraform_data.input.output.value
        merge_strategy = terraform_data.input.output.merge_strategy
      }`,
    state: { "coder_env.it": { name: "GOPATH", value: "/go", merge_strategy: "error" } },
  },
];
