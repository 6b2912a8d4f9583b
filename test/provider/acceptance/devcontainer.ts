import type { AcceptanceCase } from "./acceptance-case.ts";
import { anyUuid } from "./matchers.ts";

export const devcontainerCases: readonly AcceptanceCase[] = [
  {
    name: "devcontainer",
    main: `
      resource "coder_devcontainer" "least" {
        agent_id         = "agent"
        workspace_folder = "/home/coder/project"
      }
      resource "coder_devcontainer" "all" {
        agent_id         = "agent"
        workspace_folder = "/home/coder/project"
        config_path      = "/home/coder/project/.devcontainer/devcontainer.json"
      }
      resource "coder_app" "inside" {
        agent_id = coder_devcontainer.all.subagent_id
        slug     = "inside"
      }`,
    state: {
      "coder_devcontainer.least": {
        id: anyUuid,
        agent_id: "agent",
        workspace_folder: "/home/coder/project",
        config_path: null,
        subagent_id: anyUuid,
      },
      "coder_devcontainer.all": { config_path: "/home/coder/project/.devcontainer/devcontainer.json" },
      "coder_app.inside": { agent_id: anyUuid },
    },
    changes: [
      {
        name: "texts_that_say_nothing",
        main: `
          resource "coder_devcontainer" "least" {
            agent_id         = "agent"
            workspace_folder = "/home/coder/project"
            config_path      = ""
          }
          resource "coder_devcontainer" "all" {
            agent_id         = "agent"
            workspace_folder = "/home/coder/elsewhere"
            config_path      = "/home/coder/project/.devcontainer/devcontainer.json"
          }
          resource "coder_app" "inside" {
            agent_id = coder_devcontainer.all.subagent_id
            slug     = "inside"
          }`,
        actions: {
          "coder_devcontainer.least": [],
          "coder_devcontainer.all": ["delete", "create"],
          "coder_app.inside": ["delete", "create"],
        },
      },
    ],
  },
  {
    name: "devcontainer_unknown",
    main: `
      resource "terraform_data" "input" {
        input = { folder = "/w", config = "/c" }
      }
      resource "coder_devcontainer" "it" {
        agent_id         = terraform_data.input.id
        workspace_folder = terraform_data.input.output.folder
        config_path      = terraform_data.input.output.config
      }`,
    state: { "coder_devcontainer.it": { workspace_folder: "/w", config_path: "/c" } },
  },
];
