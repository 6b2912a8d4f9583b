import type { Actor } from "../audit/actor.ts";
import { type AuditEntry, auditAs } from "../audit/audit.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { NIL_UUID } from "../ids.ts";
import { findAgentsOfJob, findAuditedWorkspace, findFirstEntry } from "./build-entry-rows.ts";
import { findWorkspaceRow } from "./prepare-rows.ts";

type BuildKey = Omit<Row<"api_keys">, "hashed_secret">;
type Build = Pick<Row<"workspace_builds">, "id" | "workspace_id" | "build_number" | "transition" | "reason">;

/** Returns what all audit entries about a build, its agents or its workspace have in common. */
async function aboutBuild({ db }: Pick<Database, "db">, build: Build) {
  const { workspace_id, build_number, reason } = build;
  const { organization_id, ...workspace } = await findAuditedWorkspace(db, workspace_id);
  return {
    target: workspace.name,
    icon: workspace.icon,
    organizationId: organization_id,
    additional: {
      workspace_id,
      workspace_name: workspace.name,
      workspace_owner: workspace.username,
      build_number: String(build_number),
      build_reason: reason,
    },
  };
}

/** Returns the entry for an enqueued build, whose action is the transition. */
export async function buildEntry(tx: Pick<Database, "db">, build: Build): Promise<AuditEntry> {
  return { ...(await aboutBuild(tx, build)), action: build.transition, resourceType: "workspace_build", resourceId: build.id };
}

/**
 * Audits a build's results under the name of the user who enqueued it: each agent of a start, whose `api_key_scope` and whose build's
 * entitlement say what the agent's token may do, and a deleted workspace. Agents are known only now, because Terraform decides which ones exist.
 */
export async function auditBuildOutcome(core: Database, tx: Tx, build: Row<"workspace_builds">): Promise<void> {
  const { additional, ...about } = await aboutBuild(tx, build);
  const actor = await starterOf(tx, build);
  if (build.transition === "delete") {
    const before = await findWorkspaceRow(tx.db, build.workspace_id);
    const entry = { action: "delete", resourceType: "workspace", resourceId: build.workspace_id, before, additional } as const;
    await auditAs(core, tx, actor, { ...about, ...entry });
    return;
  }
  for (const agent of await findAgentsOfJob(tx.db, build.job_id))
    await auditAs(core, tx, actor, {
      ...about,
      action: "create",
      resourceType: "workspace_agent",
      resourceId: agent.id,
      target: agent.name,
      after: agent,
      additional: { ...additional, workspace_build_id: build.id, build_entitlement: build.entitlement?.kind ?? "none" },
    });
}

/** Audits, under the starter's name, the key that a start's template gets and the previous build's keys that ended. */
export async function auditBuildKeys(
  core: Database,
  tx: Tx,
  build: Row<"workspace_builds">,
  { minted, ended }: { readonly minted: BuildKey | undefined; readonly ended: readonly BuildKey[] },
): Promise<void> {
  if (minted === undefined && ended.length === 0) return;
  const { icon: _, target: _workspace, additional, ...about } = await aboutBuild(tx, build);
  const actor = await starterOf(tx, build);
  const entryOf = (key: BuildKey) =>
    ({
      ...about,
      resourceType: "api_key",
      resourceId: NIL_UUID,
      target: key.token_name,
      additional: { key_id: key.id, user_id: key.user_id, workspace_build_id: build.id, ...additional },
    }) as const;
  for (const before of ended) await auditAs(core, tx, actor, { ...entryOf(before), action: "delete", before });
  if (minted !== undefined) await auditAs(core, tx, actor, { ...entryOf(minted), action: "create", after: minted });
}

/** Audits a failed build. The reason is kept in its job, because not every reader of the audit log may read it. */
export async function auditBuildFailure(core: Database, tx: Tx, build: Row<"workspace_builds">): Promise<void> {
  await auditAs(core, tx, await starterOf(tx, build), { ...(await buildEntry(tx, build)), status: 500 });
}

/** Audits that a state became a build's own after the build's job had ended, or is kept beside it. */
export async function auditLateState(
  core: Database,
  tx: Tx,
  build: Row<"workspace_builds">,
  state: { readonly serial: number | undefined; readonly lineage: string | undefined; readonly isKeptBeside: boolean },
): Promise<void> {
  const { additional, ...entry } = await buildEntry(tx, build);
  const late = { late_state: state.isKeptBeside ? "kept_beside" : "stored", state_serial: state.serial, state_lineage: state.lineage };
  await auditAs(core, tx, await starterOf(tx, build), { ...entry, action: "write", additional: { ...additional, ...late } });
}

/** Returns who enqueued a build and from where, so that all entries of one request can be found by the request's ID. */
async function starterOf({ db }: Tx, build: Row<"workspace_builds">): Promise<Actor> {
  const first = await findFirstEntry(db, build.id);
  // The build is older than the audit log.
  if (first === undefined) return { userId: build.initiator_id };
  const origin = { requestId: first.request_id, ipAddress: first.ip, userAgent: first.user_agent };
  return { userId: first.user_id, apiKeyId: first.api_key_id, origin };
}
