import type { AcceptanceCase } from "./acceptance-case.ts";
import { taskVariables } from "./task.ts";

const APP = "7b9d2f6e-0000-4000-8000-00000000000a";
const OTHER_APP = "7b9d2f6e-0000-4000-8000-00000000000b";
/** The resource has the id in the usual form, whatever form it came in. */
const TASK = taskVariables.CODER_TASK_ID.toLowerCase();

export const aiTaskCases: readonly AcceptanceCase[] = [
  {
    name: "ai_task",
    env: taskVariables,
    main: `
      resource "coder_ai_task" "it" {
        app_id = "${APP}"
      }
      resource "coder_ai_task" "by_block" {
        sidebar_app {
          id = "${APP}"
        }
      }`,
    state: {
      "coder_ai_task.it": { id: TASK, app_id: APP, prompt: "Fix the tests.", enabled: true, sidebar_app: [] },
      "coder_ai_task.by_block": { id: TASK, app_id: APP, sidebar_app: [{ id: APP }] },
    },
    changes: [
      {
        name: "app_no_longer_given",
        main: `
          resource "coder_ai_task" "it" {}
          resource "coder_ai_task" "by_block" {
            sidebar_app {
              id = "${OTHER_APP}"
            }
          }`,
        actions: { "coder_ai_task.it": [], "coder_ai_task.by_block": ["delete", "create"] },
      },
      {
        name: "app_given_the_new_way",
        main: `
          resource "coder_ai_task" "it" {
            app_id = "${OTHER_APP}"
          }
          resource "coder_ai_task" "by_block" {
            app_id = "${APP}"
          }`,
        actions: { "coder_ai_task.it": ["delete", "create"], "coder_ai_task.by_block": ["delete", "create"] },
      },
    ],
  },
  {
    name: "ai_task_unknown",
    env: taskVariables,
    main: `
      resource "coder_app" "it" {
        agent_id = "agent"
        slug     = "chat"
      }
      resource "coder_ai_task" "it" {
        app_id = coder_app.it.id
      }
      resource "terraform_data" "input" {
        input = ["${APP}"]
      }
      resource "coder_ai_task" "dynamic" {
        dynamic "sidebar_app" {
          for_each = terraform_data.input.output
          content {
            id = sidebar_app.value
          }
        }
      }`,
    state: {
      "coder_ai_task.it": { enabled: true },
      "coder_ai_task.dynamic": { app_id: APP, sidebar_app: [{ id: APP }] },
    },
  },
];
