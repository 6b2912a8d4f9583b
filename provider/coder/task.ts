import { DiagnosticError } from "../sdk/diagnostic.ts";
import { computed } from "../sdk/schema/attribute.ts";
import { block } from "../sdk/schema/block.ts";
import { bool, string } from "../sdk/schema/value-type.ts";
import { dataSource } from "./configuration.ts";
import { NIL_UUID, parseGoUuid } from "./go/uuid.ts";

/** The task that is being built, or otherwise a placeholder that is not enabled. */
export const coderTask = dataSource({
  version: 0,
  schema: block({
    description: "The task that this build is for.",
    attributes: {
      id: computed(string, { description: "The task's UUID; a made-up one if the build is for no task." }),
      enabled: computed(bool, { description: "Whether the build is for a task." }),
      prompt: computed(string, { description: "What the task is to do; empty if the build is for no task." }),
    },
  }),
  read(_input, { configuration }) {
    const id = configuration.variable("CODER_TASK_ID") ?? NIL_UUID;
    checkUuid(id);
    const enabled = id !== NIL_UUID;
    return {
      id: enabled ? id : configuration.newId(),
      enabled,
      prompt: configuration.variable("CODER_TASK_PROMPT") ?? "",
    };
  },
});

function checkUuid(text: string): void {
  try {
    parseGoUuid(text);
  } catch (error) {
    throw new DiagnosticError({ summary: error instanceof Error ? error.message : String(error) }, { cause: error });
  }
}
