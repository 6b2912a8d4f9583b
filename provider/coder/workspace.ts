import type { Call } from "../sdk/definition.ts";
import { DiagnosticError } from "../sdk/diagnostic.ts";
import { computed } from "../sdk/schema/attribute.ts";
import { block } from "../sdk/schema/block.ts";
import { bool, int, string } from "../sdk/schema/value-type.ts";
import { type Configuration, dataSource } from "./configuration.ts";
import { formatGoUrl, portOf } from "./go/url.ts";

/** The workspace that is being built. Outside a build, on an author's machine, it is a placeholder that starts. */
export const coderWorkspace = dataSource({
  version: 1,
  schema: block({
    description: "The workspace that this build is for.",
    attributes: {
      id: computed(string, { description: "The workspace's UUID." }),
      name: computed(string, { description: "The workspace's name." }),
      transition: computed(string, { description: "What the build does to the workspace: `start`, `stop` or `destroy`." }),
      start_count: computed(int, {
        description: "1 if the workspace is to run after this build, else 0: a `count` for what exists only then.",
      }),
      access_url: computed(string, { description: "Where the server is reached." }),
      access_port: computed(int, { description: "The port of `access_url`." }),
      is_prebuild: computed(bool, { description: "Whether the workspace is made in advance, for nobody yet." }),
      is_prebuild_claim: computed(bool, { description: "Whether this build hands a prebuilt workspace to its owner." }),
      prebuild_count: computed(int, { description: "1 if `is_prebuild`, else 0." }),
      template_id: computed(string, { description: "The UUID of the workspace's template." }),
      template_name: computed(string, { description: "The name of the workspace's template." }),
      template_version: computed(string, { description: "The name of the template's version." }),
    },
  }),
  read(_input, call) {
    const { configuration } = call;
    const transition = configuration.variable("CODER_WORKSPACE_TRANSITION") ?? "start";
    const isClaim = saysTrue(configuration.variable("CODER_WORKSPACE_IS_PREBUILD_CLAIM"));
    const isPrebuild = !isClaim && saysTrue(configuration.variable("CODER_WORKSPACE_IS_PREBUILD"));
    const { accessUrl } = configuration;
    return {
      id: configuration.variable("CODER_WORKSPACE_ID") ?? configuration.newId(),
      name: configuration.variable("CODER_WORKSPACE_NAME") ?? "default",
      transition,
      start_count: transition === "start" ? 1 : 0,
      access_url: formatGoUrl(accessUrl),
      access_port: portOf(accessUrl) ?? (accessUrl.scheme === "https" ? 443 : 80),
      is_prebuild: isPrebuild,
      is_prebuild_claim: isClaim,
      prebuild_count: isPrebuild ? 1 : 0,
      template_id: requiredInBuild("CODER_WORKSPACE_TEMPLATE_ID", "template ID", call),
      template_name: requiredInBuild("CODER_WORKSPACE_TEMPLATE_NAME", "template name", call),
      template_version: requiredInBuild("CODER_WORKSPACE_TEMPLATE_VERSION", "template version", call),
    };
  },
});

function requiredInBuild(name: string, what: string, { configuration }: Call<Configuration>): string {
  const value = configuration.variable(name);
  if (value === undefined && configuration.variable("CODER_WORKSPACE_BUILD_ID") !== undefined)
    throw new DiagnosticError({ summary: `${what} is missing: ${name} is required` });
  return value ?? "";
}

function saysTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === "true";
}
