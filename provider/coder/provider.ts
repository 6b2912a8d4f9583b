import { DiagnosticError } from "../sdk/diagnostic.ts";
import { defineProvider, type Provider } from "../sdk/provider.ts";
import { legacyRules } from "../sdk/rules/legacy.ts";
import { optional } from "../sdk/schema/attribute.ts";
import { block } from "../sdk/schema/block.ts";
import { string } from "../sdk/schema/value-type.ts";
import { coderAgent } from "./agent.ts";
import { configurationOf } from "./configuration.ts";
import type { CoderContext } from "./context.ts";
import { type GoUrl, parseGoUrl } from "./go/url.ts";
import { coderProvisioner } from "./provisioner.ts";
import { goUrl } from "./url-rule.ts";
import { coderWorkspace } from "./workspace.ts";
import { coderWorkspaceOwner } from "./workspace-owner.ts";

export type { CoderContext } from "./context.ts";

/** The source address of the `coder` provider, as templates name it. */
export const CODER_PROVIDER_ADDRESS = "registry.terraform.io/coder/coder";

const FALLBACK_URL = "https://mydeployment.coder.com";

/** The provider that templates are written for: `provider "coder"` and its types. It calls no server; all it knows comes from `context`. */
export function coderProvider(context: CoderContext): Provider {
  return defineProvider({
    name: "coder",
    rules: legacyRules,
    schema: block({
      attributes: {
        url: optional(string, {
          description: "Where the server is reached. Default: `CODER_AGENT_URL`, which a build always has.",
          validate: [goUrl],
        }),
      },
    }),
    configure: ({ url }) => configurationOf(context, accessUrl(url, context)),
    resources: { coder_agent: coderAgent },
    dataSources: {
      coder_provisioner: coderProvisioner,
      coder_workspace: coderWorkspace,
      coder_workspace_owner: coderWorkspaceOwner,
    },
  });
}

function accessUrl(url: string | null | { readonly kind: "unknown" }, context: CoderContext): GoUrl {
  const text = url === null ? context.env.CODER_AGENT_URL || FALLBACK_URL : typeof url === "string" ? url : "";
  if (text === "") throw new DiagnosticError({ summary: 'CODER_AGENT_URL must not be empty; got ""', path: ["url"] });
  try {
    return parseGoUrl(text);
  } catch (error) {
    throw new DiagnosticError({ summary: error instanceof Error ? error.message : String(error), path: ["url"] }, { cause: error });
  }
}
