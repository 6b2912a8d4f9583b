import { optional } from "../sdk/schema/attribute.ts";
import { block } from "../sdk/schema/block.ts";
import { mapOf, string } from "../sdk/schema/value-type.ts";
import { dataSource } from "./configuration.ts";
import { implicitId } from "./implicit-id.ts";

/** The server reads the tags when it imports the template; they determine which provisioners may build its workspaces. */
export const coderWorkspaceTags = dataSource({
  version: 1,
  schema: block({
    description: "Which provisioners may build the workspace: those that have all the tags.",
    attributes: {
      id: implicitId,
      tags: optional(mapOf(string), { description: "The tags, by name." }),
    },
  }),
  read: (_input, { configuration }) => ({ id: configuration.newId() }),
});
