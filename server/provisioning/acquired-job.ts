import { randomBytes } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { type MetadataSchema, PrebuiltWorkspaceBuildStage, WorkspaceTransition } from "#proto/gen/provisioner_pb.js";
import type { AcquiredJobSchema } from "#proto/gen/provisionerd_pb.js";
import type { Database, Tx } from "../database/database.ts";
import type { SecretJobInput } from "../database/tables/provisioning.ts";
import type { Transition } from "../database/tables/workspaces.ts";
import type { Row } from "../database/tables.ts";
import { openLink } from "../external-auth/links.ts";
import { openGitSshKey } from "../people/git-ssh-keys.ts";
import { findVariables } from "../templates/version-variables.ts";
import { renewBuildKey, type Withheld, withheldFromBuild } from "../workspaces/build-keys.ts";
import { agentSecretPurpose, findBuildParameters, statePurpose } from "../workspaces/build-rows.ts";
import { appendJobLogs } from "./append-job-logs.ts";
import { buildOfJob, publishJobChange, secretInputPurpose } from "./job-rows.ts";

type AcquiredJob = MessageInitShape<typeof AcquiredJobSchema>;
type JobMetadata = MessageInitShape<typeof MetadataSchema>;

export interface AcquiredJobOptions {
  readonly leaseMs: number;
  /** Where agents and users reach this server. */
  readonly accessUrl: string;
}

const TRANSITIONS: Readonly<Record<Transition, WorkspaceTransition>> = {
  start: WorkspaceTransition.START,
  stop: WorkspaceTransition.STOP,
  delete: WorkspaceTransition.DESTROY,
};

/** Every organization's group of all its members. */
const EVERYONE = "Everyone";

/** All that a daemon needs for a job. Makes the job's own secrets, so it is asked once for each. */
export function toAcquiredJob(core: Database, job: Row<"provisioner_jobs">, options: AcquiredJobOptions): Promise<AcquiredJob> {
  return core.write(async (tx) => {
    const file = await tx.db.selectFrom("files").select("data").where("id", "=", job.file_id).executeTakeFirstOrThrow();
    const initiator = await tx.db.selectFrom("users").select("username").where("id", "=", job.initiator_id).executeTakeFirstOrThrow();
    return {
      jobId: job.id,
      createdAt: BigInt(job.created_at.getTime()),
      provisioner: job.provisioner,
      userName: initiator.username,
      templateSourceArchive: file.data,
      traceMetadata: { ...job.trace_metadata },
      leaseMs: BigInt(options.leaseMs),
      type: await typeOf(core, tx, job, options),
    };
  });
}

function typeOf(
  core: Database,
  tx: Tx,
  job: Row<"provisioner_jobs">,
  options: AcquiredJobOptions,
): Promise<NonNullable<AcquiredJob["type"]>> {
  switch (job.type) {
    case "template_version_import":
      return templateImport(core, tx, job, options);
    case "workspace_build":
      return workspaceBuild(core, tx, job, options);
    case "template_version_dry_run":
      throw new Error("dry runs cannot be enqueued yet");
    default:
      throw new Error(`unknown job type ${JSON.stringify(job.type satisfies never)}`);
  }
}

async function templateImport(core: Database, tx: Tx, job: Row<"provisioner_jobs">, { accessUrl }: AcquiredJobOptions) {
  const version = await tx.db.selectFrom("template_versions").selectAll().where("job_id", "=", job.id).executeTakeFirstOrThrow();
  const values = new Map<string, string>();
  if (version.template_id !== null) {
    const template = await tx.db
      .selectFrom("templates")
      .select("active_version_id")
      .where("id", "=", version.template_id)
      .executeTakeFirstOrThrow();
    // What nobody says anew stays as the template has it.
    for (const { name, value } of await findVariables(core, tx.db, template.active_version_id)) values.set(name, value);
  }
  for (const { name, value } of secretInput(core, job).user_variable_values) values.set(name, value);
  return {
    case: "templateImport" as const,
    value: {
      metadata: {
        coderUrl: accessUrl,
        workspaceOwnerGroups: [EVERYONE],
        templateId: version.template_id ?? "",
        templateVersionId: version.id,
        templateVersion: version.name,
      },
      userVariableValues: [...values].map(([name, value]) => ({ name, value, sensitive: true })),
    },
  };
}

function secretInput({ encryption }: Database, job: Row<"provisioner_jobs">): SecretJobInput {
  if (job.secret_input === null) return { user_variable_values: [] };
  // We sealed it: nobody else can have written it.
  return JSON.parse(encryption.open(secretInputPurpose(job.id), job.secret_input).toString("utf8")) as SecretJobInput;
}

/** In the job's log, so that nobody wonders why a template finds no credentials. */
const WITHHELD: Readonly<Record<Withheld, string>> = {
  from_others:
    "Somebody else than the workspace's owner asked for this build: the template gets neither a session token of the owner's, nor the Git SSH key, nor external-auth tokens.",
  from_token:
    "The token that asked for this build has no `user:read_personal` for the workspace's owner: the template gets neither the owner's Git SSH key nor external-auth tokens.",
};

async function workspaceBuild(core: Database, tx: Tx, job: Row<"provisioner_jobs">, options: AcquiredJobOptions) {
  const build = await buildOfJob(tx.db, job.id);
  if (build === undefined) throw new Error("the job has no workspace build");
  const workspace = await tx.db.selectFrom("workspaces").selectAll().where("id", "=", build.workspace_id).executeTakeFirstOrThrow();
  const version = await tx.db
    .selectFrom("template_versions")
    .selectAll()
    .where("id", "=", build.template_version_id)
    .executeTakeFirstOrThrow();
  const agentTokenSecret = randomBytes(32);
  await tx.db
    .updateTable("workspace_builds")
    .set({ agent_token_secret: core.encryption.seal(agentSecretPurpose(build.id), agentTokenSecret), updated_at: core.now() })
    .where("id", "=", build.id)
    .execute();
  publishJobChange(tx, job.id, workspace.id);

  const variables = await findVariables(core, tx.db, version.id);
  const withheld = await withheldFromBuild(core, tx, build, workspace);
  const hasOwnersSecrets = withheld === undefined;
  if (withheld !== undefined)
    await appendJobLogs(core, tx, job, [
      { source: "provisioner", level: "warn", stage: "Preparing", output: WITHHELD[withheld], created_at: core.now() },
    ]);
  return {
    case: "workspaceBuild" as const,
    value: {
      workspaceBuildId: build.id,
      workspaceName: workspace.name,
      richParameterValues: await findBuildParameters(tx.db, build.id),
      previousParameterValues: await previousParameters(tx, build),
      variableValues: variables
        .filter(({ value, default_value, required }) => value !== "" || default_value !== "" || required)
        .map(({ name, value, sensitive }) => ({ name, value, sensitive })),
      externalAuthProviders: hasOwnersSecrets ? await externalAuth(core, tx, version, workspace) : [],
      metadata: await buildMetadata(core, tx, { build, workspace, version, hasOwnersSecrets, accessUrl: options.accessUrl }),
      state:
        build.provisioner_state === null ? new Uint8Array() : core.encryption.open(statePurpose(workspace.id), build.provisioner_state),
      logLevel: "log_level" in job.input && job.input.log_level !== undefined ? job.input.log_level : "",
      agentTokenSecret,
    },
  };
}

async function previousParameters({ db }: Tx, build: Row<"workspace_builds">): Promise<{ name: string; value: string }[]> {
  const previous = await db
    .selectFrom("workspace_builds")
    .select("id")
    .where("workspace_id", "=", build.workspace_id)
    .where("build_number", "=", build.build_number - 1)
    .executeTakeFirst();
  return previous === undefined ? [] : findBuildParameters(db, previous.id);
}

/** Tokens of the owner, for the providers that the template asks for. Who has no link, or one that has expired, gets none. */
async function externalAuth(core: Database, { db }: Tx, version: Row<"template_versions">, workspace: Row<"workspaces">) {
  const ids = version.external_auth_providers.map(({ id }) => id);
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("external_auth_links")
    .selectAll()
    .where("user_id", "=", workspace.owner_id)
    .where("provider_id", "in", ids)
    .execute();
  return rows
    .map((row) => openLink(core, row))
    .filter(({ expires_at }) => expires_at === undefined || expires_at > core.now())
    .map(({ provider_id, access_token }) => ({ id: provider_id, accessToken: access_token }));
}

interface BuildParts {
  readonly build: Row<"workspace_builds">;
  readonly workspace: Row<"workspaces">;
  readonly version: Row<"template_versions">;
  readonly hasOwnersSecrets: boolean;
  readonly accessUrl: string;
}

async function buildMetadata(
  core: Database,
  tx: Tx,
  { build, workspace, version, hasOwnersSecrets, accessUrl }: BuildParts,
): Promise<JobMetadata> {
  const { db } = tx;
  const owner = await db.selectFrom("users").selectAll().where("id", "=", workspace.owner_id).executeTakeFirstOrThrow();
  const template = await db.selectFrom("templates").selectAll().where("id", "=", workspace.template_id).executeTakeFirstOrThrow();
  const member = await db
    .selectFrom("organization_members")
    .select("roles")
    .where("user_id", "=", owner.id)
    .where("organization_id", "=", workspace.organization_id)
    .executeTakeFirst();
  const keyRow = await db.selectFrom("git_ssh_keys").selectAll().where("user_id", "=", owner.id).executeTakeFirst();
  const sshKey = keyRow === undefined ? undefined : openGitSshKey(core, keyRow);
  const values = await db
    .selectFrom("template_version_terraform_values")
    .select("cached_module_files")
    .where("template_version_id", "=", version.id)
    .executeTakeFirst();
  const organizationRoles = member === undefined ? [] : ["organization-member", ...member.roles];
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
    workspaceOwnerSessionToken: await renewBuildKey(core, tx, build, workspace),
    templateId: template.id,
    templateName: template.name,
    templateVersion: version.name,
    templateVersionId: version.id,
    templateVersionModulesFile: template.disable_module_cache ? "" : (values?.cached_module_files ?? ""),
    prebuiltWorkspaceBuildStage: PrebuiltWorkspaceBuildStage.NONE,
  };
}
