import { computed, optional, required } from "../sdk/schema/attribute.ts";
import { block } from "../sdk/schema/block.ts";
import { notEmpty } from "../sdk/schema/validators.ts";
import { string } from "../sdk/schema/value-type.ts";
import { resource } from "./configuration.ts";
import { implicitId } from "./implicit-id.ts";

/** A dev container that an agent starts after it has started itself. */
export const coderDevcontainer = resource({
  version: 1,
  schema: block({
    description: "A dev container that an agent builds and starts in its workspace.",
    attributes: {
      id: implicitId,
      agent_id: required(string, { description: "The `id` of the agent that starts it." }),
      workspace_folder: required(string, {
        description: "The folder that the container is for, on the agent's machine.",
        validate: [notEmpty],
      }),
      config_path: optional(string, {
        description: "Where its `devcontainer.json` is. Default: where dev containers have it, below the folder.",
      }),
      subagent_id: computed(string, {
        description: "The UUID of the agent inside the container: what apps and scripts in it name as their agent.",
      }),
    },
  }),
  create: (_input, { configuration }) => ({ id: configuration.newId(), subagent_id: configuration.newId() }),
});
