import { DiagnosticError } from "../sdk/diagnostic.ts";
import { type DefinedProvider, defineProvider } from "../sdk/provider.ts";
import { legacyRules } from "../sdk/rules/legacy.ts";
import { optional } from "../sdk/schema/attribute.ts";
import { block } from "../sdk/schema/block.ts";
import { string } from "../sdk/schema/value-type.ts";
import { coderAgent } from "./agent.ts";
import { coderAgentInstance } from "./agent-instance.ts";
import { coderAiTask } from "./ai-task.ts";
import { coderApp } from "./app.ts";
import { configurationOf } from "./configuration.ts";
import type { CoderContext } from "./context.ts";
import { coderDevcontainer } from "./devcontainer.ts";
import { coderEnv } from "./env.ts";
import { coderExternalAgent } from "./external-agent.ts";
import { coderExternalAuth } from "./external-auth.ts";
import { type GoUrl, parseGoUrl } from "./go/url.ts";
import { coderMetadata } from "./metadata.ts";
import { coderParameter } from "./parameter.ts";
import { coderProvisioner } from "./provisioner.ts";
import { coderScript } from "./script.ts";
import { coderSecret } from "./secret.ts";
import { coderTask } from "./task.ts";
import { goUrl } from "./url-rule.ts";
import { coderWorkspace } from "./workspace.ts";
import { coderWorkspaceOwner } from "./workspace-owner.ts";
import { coderWorkspacePreset } from "./workspace-preset.ts";
import { coderWorkspaceTags } from "./workspace-tags.ts";

export type { CoderContext } from "./context.ts";

const FALLBACK_URL = "https://mydeployment.coder.com";

/** The provider that templates are written for: `provider "coder"` and its types. It calls no server; all it knows comes from `context`. */
export function coderProvider(context: CoderContext): DefinedProvider {
  return defineProvider({
    name: "coder",
    rules: legacyRules,
    schema: block({
      description: "Describes a workspace to the server that builds it: its agents, apps, scripts and parameters.",
      attributes: {
        url: optional(string, {
          description: "Where the server is reached. Default: `CODER_AGENT_URL`, which a build always has.",
          validate: [goUrl],
        }),
      },
    }),
    configure: ({ url }) => configurationOf(context, accessUrl(url, context)),
    resources: {
      coder_agent: coderAgent,
      coder_agent_instance: coderAgentInstance,
      coder_ai_task: coderAiTask,
      coder_app: coderApp,
      coder_devcontainer: coderDevcontainer,
      coder_env: coderEnv,
      coder_external_agent: coderExternalAgent,
      coder_metadata: coderMetadata,
      coder_script: coderScript,
    },
    dataSources: {
      coder_external_auth: coderExternalAuth,
      coder_parameter: coderParameter,
      coder_provisioner: coderProvisioner,
      coder_secret: coderSecret,
      coder_task: coderTask,
      coder_workspace: coderWorkspace,
      coder_workspace_owner: coderWorkspaceOwner,
      coder_workspace_preset: coderWorkspacePreset,
      coder_workspace_tags: coderWorkspaceTags,
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
