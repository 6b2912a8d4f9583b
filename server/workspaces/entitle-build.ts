import { coversRoles } from "#authz/covers-roles.ts";
import { decide } from "#authz/decide.ts";
import { provisionerDaemonObject } from "#authz/object.ts";
import { rolesOf } from "#authz/roles.ts";
import { FULL_SCOPE } from "#authz/scope.ts";
import { type Subject, userSubject } from "#authz/subject.ts";
import { workspaceObjectOf } from "../access/objects.ts";
import { findPerson, type Person } from "../access/person-rows.ts";
import type { ApiKey } from "../access/used-key-rows.ts";
import type { Database, Tx } from "../database/database.ts";
import { BUILT_IN_KEY_ID } from "../database/seed.ts";
import type { Row } from "../database/tables.ts";
import { AgentId } from "../ids.ts";
import { lockedKey } from "../keys/key-change-rows.ts";
import { lockKeys } from "../keys/key-lineage.ts";
import { findMakerOfDaemonsKey } from "../provisioning/provisioner-key-rows.ts";
import { type Asked, type Entitled, entitle } from "./entitlement-rules.ts";

export interface EntitledBuild extends Entitled {
  /** The session or token that requested the build, locked; undefined if there is none, or no longer. */
  readonly starter: ApiKey | undefined;
  readonly isRequesterActive: boolean;
}

/**
 * Finds out what a build is entitled to, at the moment in which a daemon takes its job. Until the transaction ends, no key changes. Call it
 * before the former build's key is ended, because that may be the starter itself or the key that minted it.
 */
export async function entitleBuild(
  core: Database,
  tx: Tx,
  job: Pick<Row<"provisioner_jobs">, "worker_id">,
  build: Row<"workspace_builds">,
  workspace: Row<"workspaces">,
): Promise<EntitledBuild> {
  await lockKeys(core, tx);
  const owner = await findPerson(tx.db, workspace.owner_id);
  const requester = build.initiator_id === workspace.owner_id ? owner : await findPerson(tx.db, build.initiator_id);
  const keyId = build.initiator_key_id ?? build.initiator_session_id;
  const starter = keyId === null || isOfAgent(build) ? undefined : await lockedKey(core, tx, keyId);
  const isRequesterActive = isActive(requester);
  const entitled = entitle(
    {
      owner: { id: workspace.owner_id, isActive: isActive(owner) },
      requester: {
        id: build.initiator_id,
        isActive: isRequesterActive,
        isDeploymentOwner: requester?.roles.site.includes("owner") ?? false,
      },
      asked: askedWith(build, starter),
      mayStillAsk: requester !== undefined && mayAsk(requester, build, workspace),
      isDaemonTrusted: owner !== undefined && (await isDaemonTrusted(tx, job, owner)),
    },
    core.now(),
  );
  return { ...entitled, starter, isRequesterActive };
}

type Build = Pick<Row<"workspace_builds">, "initiator_key_id" | "initiator_session_id" | "transition">;

function askedWith(build: Build, key: ApiKey | undefined): Asked {
  if (isOfAgent(build)) return { with: "agent" };
  if (build.initiator_key_id !== null) return { with: "token", key };
  return build.initiator_session_id === null ? { with: "nothing" } : { with: "session", key };
}

/** The ID of an agent is a UUID, and that of a key is not. */
function isOfAgent({ initiator_key_id: id }: Build): boolean {
  return id !== null && AgentId.is(id);
}

function isActive(person: Person | undefined): boolean {
  return person !== undefined && person.user.status !== "suspended";
}

/** With all of the user's rights: what became of a token since then narrows what the build gets anyway. */
function mayAsk(person: Person, { transition }: Build, workspace: Row<"workspaces">): boolean {
  return decide(subjectOf(person), transition, workspaceObjectOf(workspace)).kind === "allowed";
}

function subjectOf({ user, roles }: Person): Subject {
  return userSubject({ id: user.id, roles: rolesOf(roles, () => {}), groups: roles.groups, scope: FULL_SCOPE });
}

/**
 * The server's own daemons are the deployment's. Others are their key's maker's, who must be able to get as much as is handed to them. Any
 * member has as many roles as any other and still gets nothing of theirs. So the maker must also be one who may still make such a key.
 */
async function isDaemonTrusted({ db }: Tx, { worker_id: id }: Pick<Row<"provisioner_jobs">, "worker_id">, owner: Person): Promise<boolean> {
  const key = id === null ? undefined : await findMakerOfDaemonsKey(db, id);
  if (key === undefined) return false;
  if (key.keyId === BUILT_IN_KEY_ID) return true;
  const maker = key.makerId === null ? undefined : await findPerson(db, key.makerId);
  if (maker === undefined || !isActive(maker)) return false;
  if (maker.user.id === owner.user.id || maker.roles.site.includes("owner")) return true;
  const daemon = provisionerDaemonObject({ organizationId: key.organizationId });
  return decide(subjectOf(maker), "create", daemon).kind === "allowed" && coversRoles(maker.roles, owner.roles);
}
