import { createHash } from "node:crypto";
import {
  type ExternalAuthProvider,
  type Metadata,
  PrebuiltWorkspaceBuildStage,
  type RichParameterValue,
  WorkspaceTransition,
} from "#proto/gen/provisioner_pb.js";

/** What the provider gets to know about a build or an import, besides the bootstrap scripts. */
export interface BuildContext {
  readonly metadata: Metadata;
  readonly parameters?: readonly RichParameterValue[];
  readonly previousParameters?: readonly RichParameterValue[];
  readonly externalAuth?: readonly ExternalAuthProvider[];
}

const TRANSITIONS: ReadonlyMap<WorkspaceTransition, string> = new Map([
  [WorkspaceTransition.START, "start"],
  [WorkspaceTransition.STOP, "stop"],
  [WorkspaceTransition.DESTROY, "destroy"],
]);

/**
 * Builds the provider's `CODER_*` variables, with the names that the published provider reads.
 * They contain tokens and private keys: they go to the provider, and to Terraform's environment only if the provider is its child.
 */
export function coderVariables(build: BuildContext): Record<string, string> {
  const { metadata, parameters = [], previousParameters = [], externalAuth = [] } = build;
  const variables: Record<string, string> = {
    CODER_AGENT_URL: metadata.coderUrl,
    CODER_WORKSPACE_TRANSITION: TRANSITIONS.get(metadata.workspaceTransition) ?? "start",
    CODER_WORKSPACE_NAME: metadata.workspaceName,
    CODER_WORKSPACE_ID: metadata.workspaceId,
    CODER_WORKSPACE_OWNER: metadata.workspaceOwner,
    CODER_WORKSPACE_OWNER_ID: metadata.workspaceOwnerId,
    CODER_WORKSPACE_OWNER_EMAIL: metadata.workspaceOwnerEmail,
    CODER_WORKSPACE_OWNER_NAME: metadata.workspaceOwnerName,
    // The provider parses these whenever they are set, so an empty list must be `[]`.
    CODER_WORKSPACE_OWNER_GROUPS: JSON.stringify(metadata.workspaceOwnerGroups),
    CODER_WORKSPACE_OWNER_RBAC_ROLES: JSON.stringify(
      metadata.workspaceOwnerRbacRoles.map((role) => ({ name: role.name, org_id: role.orgId })),
    ),
    CODER_WORKSPACE_OWNER_LOGIN_TYPE: metadata.workspaceOwnerLoginType,
    CODER_WORKSPACE_OWNER_OIDC_ACCESS_TOKEN: metadata.workspaceOwnerOidcAccessToken,
    CODER_WORKSPACE_OWNER_SESSION_TOKEN: metadata.workspaceOwnerSessionToken,
    CODER_WORKSPACE_OWNER_SSH_PUBLIC_KEY: metadata.workspaceOwnerSshPublicKey,
    CODER_WORKSPACE_OWNER_SSH_PRIVATE_KEY: metadata.workspaceOwnerSshPrivateKey,
    CODER_WORKSPACE_TEMPLATE_ID: metadata.templateId,
    CODER_WORKSPACE_TEMPLATE_NAME: metadata.templateName,
    CODER_WORKSPACE_TEMPLATE_VERSION: metadata.templateVersion,
    CODER_WORKSPACE_BUILD_ID: metadata.workspaceBuildId,
  };
  if (metadata.prebuiltWorkspaceBuildStage === PrebuiltWorkspaceBuildStage.CREATE) variables.CODER_WORKSPACE_IS_PREBUILD = "true";
  if (metadata.prebuiltWorkspaceBuildStage === PrebuiltWorkspaceBuildStage.CLAIM) variables.CODER_WORKSPACE_IS_PREBUILD_CLAIM = "true";
  const running = metadata.runningAgentAuthTokens;
  for (const { agentId, token } of running) {
    // A single token is passed without an agent's ID, because the provider asks for it before it knows the ID.
    variables[`CODER_RUNNING_WORKSPACE_AGENT_TOKEN_${digest(running.length === 1 ? "" : agentId)}`] = token;
  }
  for (const { name, value } of parameters) variables[`CODER_PARAMETER_${digest(name)}`] = value;
  for (const { name, value } of previousParameters) variables[`CODER_PARAMETER_PREVIOUS_${digest(name)}`] = value;
  for (const { id, accessToken } of externalAuth) {
    variables[`CODER_EXTERNAL_AUTH_ACCESS_TOKEN_${id}`] = accessToken;
    variables[`CODER_GIT_AUTH_ACCESS_TOKEN_${id}`] = accessToken;
  }
  return variables;
}

function digest(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
