import type { AcceptanceCase } from "./acceptance-case.ts";

/** One provider serves the resource and the data source: both are of this task. */
export const taskVariables = { CODER_TASK_ID: "7B9D2F6E-1111-4000-8000-00000000000C", CODER_TASK_PROMPT: "Fix the tests." };

export const taskCases: readonly AcceptanceCase[] = [
  {
    name: "task",
    env: taskVariables,
    main: `
      data "coder_task" "me" {}
      resource "terraform_data" "prompt" {
        input = data.coder_task.me.prompt
      }`,
    state: { "data.coder_task.me": { id: taskVariables.CODER_TASK_ID, enabled: true, prompt: "Fix the tests." } },
    changes: [
      {
        name: "counted",
        main: `
          data "coder_task" "me" {}
          resource "terraform_data" "prompt" {
            input = data.coder_task.me.prompt
          }
          resource "terraform_data" "counted" {
            count = data.coder_task.me.enabled ? 1 : 0
          }`,
        actions: { "terraform_data.prompt": [], "terraform_data.counted[0]": ["create"] },
      },
    ],
  },
];
