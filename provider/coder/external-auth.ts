import { DiagnosticError } from "../sdk/diagnostic.ts";
import { computed, optional, required } from "../sdk/schema/attribute.ts";
import { block } from "../sdk/schema/block.ts";
import { bool, string } from "../sdk/schema/value-type.ts";
import { dataSource } from "./configuration.ts";

/** An account of the workspace's owner with another service, which the server requests before the build. */
export const coderExternalAuth = dataSource({
  version: 1,
  schema: block({
    description: "An account that the workspace's owner must have connected at another service, such as a Git host.",
    attributes: {
      id: required(string, { description: "What the server calls the service." }),
      optional: optional(bool, { description: "Whether the workspace is built without the account too." }),
      access_token: computed(string, {
        sensitive: true,
        description: "The owner's token at the service; empty if the account is not connected.",
      }),
    },
  }),
  read({ id }, { configuration }) {
    if (id === "") throw new DiagnosticError({ summary: "id is required" });
    return { access_token: configuration.variable(`CODER_EXTERNAL_AUTH_ACCESS_TOKEN_${id}`) ?? "" };
  },
});
