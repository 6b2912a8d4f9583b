import type { AcceptanceCase } from "./acceptance-case.ts";
import { anyUuid } from "./matchers.ts";

export const workspaceTagsCases: readonly AcceptanceCase[] = [
  {
    name: "workspace_tags",
    main: `
      data "coder_workspace_tags" "none" {}
      data "coder_workspace_tags" "empty" {
        tags = {}
      }
      data "coder_workspace_tags" "some" {
        tags = {
          cluster = "eu"
          owner   = ""
        }
      }
      resource "terraform_data" "input" {
        input = "us"
      }
      data "coder_workspace_tags" "late" {
        tags = {
          cluster = terraform_data.input.output
          debug   = "true"
        }
      }`,
    state: {
      "data.coder_workspace_tags.none": { id: anyUuid, tags: null },
      "data.coder_workspace_tags.empty": { tags: null },
      "data.coder_workspace_tags.some": { tags: { cluster: "eu", owner: "" } },
      "data.coder_workspace_tags.late": { tags: { cluster: "us", debug: "true" } },
    },
  },
];
