import { required } from "../sdk/schema/attribute.ts";
import { block } from "../sdk/schema/block.ts";
import { string } from "../sdk/schema/value-type.ts";
import { resource } from "./configuration.ts";
import { implicitId } from "./implicit-id.ts";

/** Tells the server that nothing in the template starts the agent: its owner starts it by hand. */
export const coderExternalAgent = resource({
  version: 1,
  schema: block({
    description: "An agent that its owner starts by hand, on a machine that the template does not make.",
    attributes: {
      id: implicitId,
      agent_id: required(string, { description: "The `id` of the agent." }),
    },
  }),
  create: (_input, { configuration }) => ({ id: configuration.newId() }),
});
