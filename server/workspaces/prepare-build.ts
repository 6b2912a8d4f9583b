import { randomBytes } from "node:crypto";
import { StatusError } from "#proto/status.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { openLink } from "../external-auth/links.ts";
import { findLinkRowsAmong } from "../external-auth/rows.ts";
import type { StateId } from "../ids.ts";
import { appendJobLogs } from "../provisioning/append-job-logs.ts";
import type { Assignment, PrepareOptions } from "../provisioning/job-kind.ts";
import { openState, readState } from "../states/read-state.ts";
import { getVersionRow } from "../templates/version-rows.ts";
import { findVariables } from "../templates/version-variables.ts";
import { findBuildOfJob, updateBuildRow } from "./build-job-rows.ts";
import { renewBuildKey } from "./build-keys.ts";
import { buildMetadata } from "./build-metadata.ts";
import { agentSecretPurpose, findBuildParameters } from "./build-rows.ts";
import { entitleBuild } from "./entitle-build.ts";
import { refuseWithoutState } from "./missing-state.ts";
import { isOrphan } from "./orphan.ts";
import { findPreviousParameters, findWorkspaceRow, hasAppliedBefore } from "./prepare-rows.ts";
import { WITHHELD } from "./withheld-texts.ts";

/**
 * Builds the daemon's message for a build. Creates the secret from which its agents' tokens are derived, renews the build's key, and stores
 * what the build is entitled to.
 *
 * @throws StatusError FAILED_PRECONDITION, whose message ends the job, for a start whose requester was suspended or deleted
 */
export async function prepareBuild(
  core: Database,
  tx: Tx,
  job: Row<"provisioner_jobs">,
  { accessUrl, canDownloadState }: PrepareOptions,
): Promise<Assignment> {
  const build = await findBuildOfJob(tx.db, job.id);
  if (build === undefined) throw new Error("the job has no workspace build");
  const needsState = !isOrphan(job);
  if (needsState) await refuseWithoutState(tx.db, build);
  const workspace = await findWorkspaceRow(tx.db, build.workspace_id);
  const version = await getVersionRow(tx.db, build.template_version_id);
  const entitled = await entitleBuild(core, tx, job, build, workspace);
  // Stopping and deleting take away what the user had; nothing new is begun for one who may do nothing.
  if (build.transition === "start" && !entitled.isRequesterActive) throw new StatusError("FAILED_PRECONDITION", REQUESTER_INACTIVE);
  const { hasOwnersSecrets, withheld, entitlement } = entitled;
  const { secret: sessionToken, entitlementKeyId } = await renewBuildKey(core, tx, build, workspace, entitled);
  const agentTokenSecret = randomBytes(32);
  const sealed = core.encryption.seal(agentSecretPurpose(build.id), agentTokenSecret);
  const stored = { agent_token_secret: sealed, entitlement, entitlement_key_id: entitlementKeyId };
  await updateBuildRow(tx.db, build.id, { ...stored, updated_at: core.now() });
  tx.publish({ kind: "workspace_changed", workspaceId: workspace.id });

  const variables = await findVariables(core, tx.db, version.id);
  const missing = variables.filter(({ required, source }) => required && source === "default").map(({ name }) => name);
  if (missing.length > 0) throw new StatusError("FAILED_PRECONDITION", `required template variables need values: ${missing.join(", ")}`);
  if (withheld !== undefined)
    await appendJobLogs(core, tx, job, [
      { source: "provisioner", level: "warn", stage: "Preparing", output: WITHHELD[withheld], created_at: core.now() },
    ]);
  return {
    case: "workspaceBuild",
    value: {
      workspaceBuildId: build.id,
      workspaceName: workspace.name,
      richParameterValues: await findBuildParameters(tx.db, build.id),
      previousParameterValues: await findPreviousParameters(tx.db, build),
      // Terraform has the defaults, and a default that went through a text would not always come back as it was.
      variableValues: variables
        .filter(({ source }) => source !== "default")
        .map(({ name, value, source, sensitive }) => ({ name, value, sensitive, json: source === "json" })),
      externalAuthProviders: hasOwnersSecrets ? await externalAuth(core, tx, version, workspace) : [],
      metadata: await buildMetadata(core, tx, { build, workspace, version, hasOwnersSecrets, sessionToken, accessUrl }),
      // Whoever leaves what Terraform created gives it neither the state nor a backend to ask.
      ...(needsState && {
        ...(build.state_id !== null && (await stateOf(core, tx, build.state_id, canDownloadState))),
        hasApplied: await hasAppliedBefore(tx.db, build),
      }),
      logLevel: "log_level" in job.input && job.input.log_level !== undefined ? job.input.log_level : "",
      agentTokenSecret,
    },
  };
}

const REQUESTER_INACTIVE = "the user who requested this start was suspended or deleted before a daemon took it, so nothing was started";

/** The largest state that a job's message contains, if its daemon can download a larger one. */
const MAX_INLINE_BYTES = 4 << 20;

async function stateOf(
  core: Database,
  { db }: Tx,
  id: StateId,
  canDownloadState: boolean,
): Promise<{ readonly state: Uint8Array } | { readonly stateSize: bigint }> {
  const stored = await openState(core, db, id);
  if (canDownloadState && stored.sizeBytes > MAX_INLINE_BYTES) return { stateSize: BigInt(stored.sizeBytes) };
  return { state: await readState(stored) };
}

/** Returns the owner's tokens for the providers that the template uses. A missing or expired link gives no token. */
async function externalAuth(
  core: Database,
  { db }: Tx,
  version: Pick<Row<"template_versions">, "external_auth_providers">,
  workspace: Pick<Row<"workspaces">, "owner_id">,
): Promise<{ id: string; accessToken: string }[]> {
  const ids = version.external_auth_providers.map(({ id }) => id);
  if (ids.length === 0) return [];
  return (await findLinkRowsAmong(db, workspace.owner_id, ids))
    .map((row) => openLink(core, row))
    .filter(({ expires_at }) => expires_at === undefined || expires_at > core.now())
    .map(({ provider_id, access_token }) => ({ id: provider_id, accessToken: access_token }));
}
