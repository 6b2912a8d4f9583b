import type { AcceptanceCase } from "./acceptance-case.ts";

const OWNER = "7b9d2f6e-0000-4000-8000-000000000004";

const main = (input: string): string => `data "coder_workspace_owner" "me" {}
resource "terraform_data" "copy" {
  input = ${input}
}
`;

export const workspaceOwnerCases: readonly AcceptanceCase[] = [
  {
    name: "workspace_owner",
    main: main("jsonencode([data.coder_workspace_owner.me.groups, data.coder_workspace_owner.me.rbac_roles[*].name])"),
    env: {
      CODER_WORKSPACE_OWNER: "ada",
      CODER_WORKSPACE_OWNER_ID: OWNER,
      CODER_WORKSPACE_OWNER_NAME: "Ada Lovelace",
      CODER_WORKSPACE_OWNER_EMAIL: "ada@example.com",
      CODER_WORKSPACE_OWNER_SSH_PUBLIC_KEY: "ssh-ed25519 public",
      CODER_WORKSPACE_OWNER_SSH_PRIVATE_KEY: "private\n",
      CODER_WORKSPACE_OWNER_SESSION_TOKEN: "session",
      CODER_WORKSPACE_OWNER_OIDC_ACCESS_TOKEN: "oidc",
      CODER_WORKSPACE_OWNER_LOGIN_TYPE: "github",
      CODER_WORKSPACE_OWNER_GROUPS: '["Everyone","devs"] and more',
      CODER_WORKSPACE_OWNER_RBAC_ROLES: '[{"name":"member","org_id":""},{"name":"organization-admin","org_id":"o"},{"name":"owner"}]',
    },
    state: {
      "data.coder_workspace_owner.me": {
        id: OWNER,
        name: "ada",
        full_name: "Ada Lovelace",
        email: "ada@example.com",
        ssh_public_key: "ssh-ed25519 public",
        ssh_private_key: "private\n",
        session_token: "session",
        oidc_access_token: "oidc",
        login_type: "github",
        groups: ["Everyone", "devs"],
        rbac_roles: [
          { name: "member", org_id: "" },
          { name: "organization-admin", org_id: "o" },
          { name: "owner", org_id: "" },
        ],
      },
      "terraform_data.copy": { output: '[["Everyone","devs"],["member","organization-admin","owner"]]' },
    },
    changes: [
      {
        name: "a secret is used",
        main: main("nonsensitive(data.coder_workspace_owner.me.session_token)"),
        actions: { "terraform_data.copy": ["update"] },
      },
    ],
  },
];
