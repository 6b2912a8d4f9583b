import type { AcceptanceCase } from "./acceptance-case.ts";

export const externalAuthCases: readonly AcceptanceCase[] = [
  {
    name: "external_auth",
    env: { "CODER_EXTERNAL_AUTH_ACCESS_TOKEN_gitea-main": "gitea-token", CODER_EXTERNAL_AUTH_ACCESS_TOKEN_unknown: "another-token" },
    main: `
      data "coder_external_auth" "connected" {
        id = "gitea-main"
      }
      data "coder_external_auth" "optional" {
        id       = "github"
        optional = true
      }
      resource "terraform_data" "input" {
        input = { id = "unknown", optional = false }
      }
      data "coder_external_auth" "late" {
        id       = terraform_data.input.output.id
        optional = terraform_data.input.output.optional
      }`,
    state: {
      "data.coder_external_auth.connected": { id: "gitea-main", optional: null, access_token: "gitea-token" },
      "data.coder_external_auth.optional": { id: "github", optional: true, access_token: "" },
      "data.coder_external_auth.late": { id: "unknown", optional: false, access_token: "another-token" },
    },
  },
];
