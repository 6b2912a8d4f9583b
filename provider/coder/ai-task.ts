import { computed, optionalComputed, required } from "../sdk/schema/attribute.ts";
import { block, setBlock } from "../sdk/schema/block.ts";
import { uuid } from "../sdk/schema/validators.ts";
import { bool, string } from "../sdk/schema/value-type.ts";
import { resource } from "./configuration.ts";
import { findGoUuid, NIL_UUID } from "./go/uuid.ts";

const sidebarApp = setBlock(
  { attributes: { id: required(string, { description: "The `id` of the app.", validate: [uuid] }) } },
  {
    maxItems: 1,
    conflictsWith: ["app_id"],
    deprecated: "The block says no more than `app_id` does. Write `app_id` in its place.",
    description: "The app that shows the task.",
  },
);

/** States that the template runs tasks. A build is for a task if its variables name one; otherwise the workspace is an ordinary one. */
export const coderAiTask = resource({
  version: 1,
  schema: block({
    description: "Lets workspaces of the template run tasks: a program that works on a prompt and is watched through an app.",
    attributes: {
      id: computed(string, { description: "The task's UUID; a made-up one if the workspace runs no task." }),
      app_id: optionalComputed(string, {
        description: "The `id` of the app that shows the task.",
        conflictsWith: ["sidebar_app"],
        validate: [uuid],
      }),
      prompt: computed(string, { description: "What the task is to do; null if the workspace runs no task." }),
      enabled: computed(bool, { description: "Whether the workspace runs a task." }),
    },
    blocks: { sidebar_app: sidebarApp },
  }),
  create(input, { configuration, diagnostics }) {
    const taskId = findGoUuid(configuration.variable("CODER_TASK_ID") ?? "");
    const enabled = taskId !== undefined && taskId !== NIL_UUID;
    const appId = input.app_id || (input.sidebar_app[0]?.id ?? null);
    // The object stays, tainted, as it always did, so that the next apply replaces it.
    if (!appId) diagnostics.error({ summary: "'app_id' must be set" });
    return {
      id: enabled ? taskId : configuration.newId(),
      app_id: appId,
      prompt: configuration.variable("CODER_TASK_PROMPT") ?? null,
      enabled,
    };
  },
});
