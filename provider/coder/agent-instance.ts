import { required } from "../sdk/schema/attribute.ts";
import { block } from "../sdk/schema/block.ts";
import { string } from "../sdk/schema/value-type.ts";
import { resource } from "./configuration.ts";
import { implicitId } from "./implicit-id.ts";

/** Tells the server which cloud instance an agent runs on, so that the instance's identity can replace the agent token. */
export const coderAgentInstance = resource({
  version: 0,
  schema: block({
    description: "The cloud instance that an agent runs on, for an agent that proves who it is by the identity of its instance.",
    attributes: {
      id: implicitId,
      agent_id: required(string, { description: "The `id` of the agent." }),
      instance_id: required(string, { description: "What the cloud calls the instance." }),
    },
  }),
  create: (_input, { configuration }) => ({ id: configuration.newId() }),
});
