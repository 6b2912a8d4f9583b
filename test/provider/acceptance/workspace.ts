import type { AcceptanceCase } from "./acceptance-case.ts";

const BUILD = "7b9d2f6e-0000-4000-8000-00000000000";

const main = `data "coder_workspace" "me" {}
resource "terraform_data" "machine" {
  count = data.coder_workspace.me.start_count
  input = data.coder_workspace.me.id
}
`;

export const workspaceCases: readonly AcceptanceCase[] = [
  {
    name: "workspace",
    main,
    env: {
      CODER_AGENT_URL: "https://coder.example.com:8443/sub/?x=1#y",
      CODER_WORKSPACE_BUILD_ID: `${BUILD}1`,
      CODER_WORKSPACE_ID: `${BUILD}2`,
      CODER_WORKSPACE_NAME: "dev",
      CODER_WORKSPACE_TRANSITION: "start",
      CODER_WORKSPACE_TEMPLATE_ID: `${BUILD}3`,
      CODER_WORKSPACE_TEMPLATE_NAME: "scoped",
      CODER_WORKSPACE_TEMPLATE_VERSION: "v1",
      CODER_WORKSPACE_IS_PREBUILD: "TRUE",
    },
    state: {
      "data.coder_workspace.me": {
        id: `${BUILD}2`,
        name: "dev",
        transition: "start",
        start_count: 1,
        access_port: 8443,
        access_url: "https://coder.example.com:8443/sub/?x=1#y",
        is_prebuild: true,
        is_prebuild_claim: false,
        prebuild_count: 1,
        template_id: `${BUILD}3`,
        template_name: "scoped",
        template_version: "v1",
      },
      "terraform_data.machine[0]": { output: `${BUILD}2` },
    },
    changes: [
      {
        name: "what runs only in a workspace that is not made in advance",
        main: main.replace("me.start_count", "me.start_count - data.coder_workspace.me.prebuild_count"),
        actions: { "terraform_data.machine[0]": ["delete"] },
      },
    ],
  },
];
