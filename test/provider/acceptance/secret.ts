import type { AcceptanceCase } from "./acceptance-case.ts";

export const secretCases: readonly AcceptanceCase[] = [
  {
    name: "secret",
    env: {
      CODER_SECRET_ENV_DB_PASS: "hunter2",
      CODER_SECRET_FILE_2f6574632f6170702f6c6963656e73652e6b6579: "line 1\nline 2\n",
      CODER_SECRET_ENV_LATE: "late",
    },
    main: `
      data "coder_secret" "env" {
        env          = "DB_PASS"
        help_message = "Ask the database team."
      }
      data "coder_secret" "file" {
        file         = "/etc/app/license.key"
        help_message = ""
      }
      resource "terraform_data" "input" {
        input = { env = "LATE", file = null, help = "" }
      }
      data "coder_secret" "late" {
        env          = terraform_data.input.output.env
        file         = terraform_data.input.output.file
        help_message = terraform_data.input.output.help
      }`,
    state: {
      "data.coder_secret.env": { id: "env:DB_PASS", env: "DB_PASS", file: null, help_message: "Ask the database team.", value: "hunter2" },
      "data.coder_secret.file": {
        id: "file:/etc/app/license.key",
        env: null,
        file: "/etc/app/license.key",
        help_message: null,
        value: "line 1\nline 2\n",
      },
      "data.coder_secret.late": { id: "env:LATE", env: "LATE", file: null, value: "late" },
    },
  },
];
