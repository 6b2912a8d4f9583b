import type { MessageInitShape } from "@bufbuild/protobuf";
import { type MetadataSchema, PrebuiltWorkspaceBuildStage, WorkspaceTransition } from "#proto/gen/provisioner_pb.js";
import type { Database, Tx } from "../database/database.ts";
import type { Transition } from "../database/tables/workspaces.ts";
import type { Row } from "../database/tables.ts";
import { openGitSshKey } from "../people/git-ssh-keys.ts";
import { getTemplateRow } from "../templates/template-rows.ts";
import { findGitSshKeyRow, findMemberRoles, findModuleFiles, findOwnerRow } from "./prepare-rows.ts";

const TRANSITIONS: Readonly<Record<Transition, WorkspaceTransition>> = {
  start: WorkspaceTransition.START,
  stop: WorkspaceTransition.STOP,
  delete: WorkspaceTransition.DESTROY,
};

/** The group that contains all members of an organization. */
const EVERYONE = "Everyone";

interface BuildParts {
  readonly build: Row<"workspace_builds">;
  readonly workspace: Row<"workspaces">;
  readonly version: Row<"template_versions">;
  /** Whether the template gets the personal secrets of the workspace's owner. */
  readonly hasOwnersSecrets: boolean;
  /** The template's key to act for the owner; empty without one. */
  readonly sessionToken: string;
  /** The URL at which agents and users reach this server. */
  readonly accessUrl: string;
}

/** Builds the metadata that a build's template may read about its workspace and the workspace's owner. */
export async function buildMetadata(
  core: Database,
  { db }: Tx,
  { build, workspace, version, hasOwnersSecrets, sessionToken, accessUrl }: BuildParts,
): Promise<MessageInitShape<typeof MetadataSchema>> {
  const owner = await findOwnerRow(db, workspace.owner_id);
  const template = await getTemplateRow(db, workspace.template_id);
  const memberRoles = await findMemberRoles(db, owner.id, workspace.organization_id);
  const keyRow = await findGitSshKeyRow(db, owner.id);
  const sshKey = keyRow === undefined ? undefined : openGitSshKey(core, keyRow);
  const moduleFiles = await findModuleFiles(db, version.id);
  const organizationRoles = memberRoles === undefined ? [] : ["organization-member", ...memberRoles];
  return {
    coderUrl: accessUrl,
    workspaceTransition: TRANSITIONS[build.transition],
    workspaceName: workspace.name,
    workspaceId: workspace.id,
    workspaceBuildId: build.id,
    workspaceOwner: owner.username,
    workspaceOwnerId: owner.id,
    workspaceOwnerEmail: owner.email,
    workspaceOwnerName: owner.name,
    workspaceOwnerLoginType: owner.login_type,
    workspaceOwnerGroups: [EVERYONE],
    workspaceOwnerRbacRoles: [
      ...["member", ...owner.rbac_roles].map((name) => ({ name, orgId: "" })),
      ...organizationRoles.map((name) => ({ name, orgId: workspace.organization_id })),
    ],
    workspaceOwnerSshPublicKey: sshKey?.public_key ?? "",
    workspaceOwnerSshPrivateKey: hasOwnersSecrets ? (sshKey?.private_key ?? "") : "",
    workspaceOwnerSessionToken: sessionToken,
    templateId: template.id,
    templateName: template.name,
    templateVersion: version.name,
    templateVersionId: version.id,
    templateVersionModulesFile: template.disable_module_cache ? "" : (moduleFiles ?? ""),
    prebuiltWorkspaceBuildStage: PrebuiltWorkspaceBuildStage.NONE,
  };
}
