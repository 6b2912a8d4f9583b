import type { ApiKey } from "../access/used-key-rows.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { lockedKey } from "../keys/key-change-rows.ts";
import { endKey, lockKeys } from "../keys/key-lineage.ts";
import { insertApiKey } from "../keys/key-rows.ts";
import { auditBuildKeys } from "./build-entries.ts";
import { findBuildKey, findInitiatorRoles, findStarterKey } from "./build-key-rows.ts";
import { buildKeyTerms, mayReadOwnersSecrets } from "./build-key-rules.ts";

const LIFETIME_MS = 168 * 3_600_000;

/**
 * Creates the key with which a start's template may act for the workspace's owner. Each transition ends the previous key and all keys
 * minted by it, so a workspace has at most one. A build that an API token requested gets a key within that token's limits, or none. A build
 * that another user requested gets none, unless that user is an owner of the deployment.
 *
 * @returns `<id>-<secret>`, or the empty string without a key
 */
export async function renewBuildKey(
  core: Database,
  tx: Tx,
  build: Row<"workspace_builds">,
  workspace: Pick<Row<"workspaces">, "id" | "owner_id">,
): Promise<string> {
  const tokenName = `${workspace.owner_id}_${workspace.id}_session_token`;
  await lockKeys(core, tx);
  // Read before the former key is ended, because that may be the starter itself or the key that minted it.
  const starter = build.initiator_key_id === null ? undefined : await lockedKey(core, tx, build.initiator_key_id);
  const former = await findBuildKey(tx.db, workspace.owner_id, tokenName);
  const changes = former === undefined ? [] : await endKey(core, tx, former, { how: "delete", cascade: true });
  const ended = changes.map(({ before }) => before);
  const made =
    build.transition === "start" ? await mintBuildKey(core, tx, build, workspace, { tokenName, starter, former, ended }) : undefined;
  await auditBuildKeys(core, tx, build, { minted: made?.key, ended });
  return made?.secret ?? "";
}

/** Why a template does not get the owner's personal data: another user requested the build, or a narrow token did. */
export type Withheld = "from_others" | "from_token";

/** Returns undefined if the build's template gets all of it. Call it before {@link renewBuildKey}, which ends keys. */
export async function withheldFromBuild(
  core: Database,
  tx: Tx,
  build: Pick<Row<"workspace_builds">, "initiator_id" | "initiator_key_id">,
  workspace: Pick<Row<"workspaces">, "owner_id">,
): Promise<Withheld | undefined> {
  if (!(await isForOwner(tx, build, workspace))) return "from_others";
  if (build.initiator_key_id === null) return undefined;
  const starter = await findStarterKey(tx.db, build.initiator_key_id);
  return mayReadOwnersSecrets(starter, workspace.owner_id, core.now()) ? undefined : "from_token";
}

/**
 * Tells whether a build may have its owner's secrets. Otherwise a user who may write templates and start others' workspaces could let a
 * template print their secrets and impersonate them. An owner of the deployment can do everything that its users can do anyway.
 */
async function isForOwner(
  { db }: Tx,
  build: Pick<Row<"workspace_builds">, "initiator_id">,
  workspace: Pick<Row<"workspaces">, "owner_id">,
): Promise<boolean> {
  if (build.initiator_id === workspace.owner_id) return true;
  return (await findInitiatorRoles(db, build.initiator_id)).includes("owner");
}

interface BuildKeyOf {
  readonly tokenName: string;
  readonly starter: ApiKey | undefined;
  readonly former: ApiKey | undefined;
  readonly ended: readonly ApiKey[];
}

/** Mints the key. Returns undefined if the build gets none. */
async function mintBuildKey(
  core: Database,
  tx: Tx,
  build: Row<"workspace_builds">,
  workspace: Pick<Row<"workspaces">, "owner_id">,
  { tokenName, starter, former, ended }: BuildKeyOf,
): Promise<Awaited<ReturnType<typeof insertApiKey>> | undefined> {
  const key = { userId: workspace.owner_id, loginType: "token", tokenName } as const;
  const lifetimeSeconds = LIFETIME_MS / 1_000;
  if (!(await isForOwner(tx, build, workspace))) return undefined;
  if (build.initiator_key_id === null)
    return insertApiKey(core, tx, { ...key, scopes: ["coder:all"], allowList: ["*:*"], lifetimeSeconds });
  const at = core.now();
  const terms = buildKeyTerms(starter, { now: at, lifetimeMs: LIFETIME_MS, isFormerBuildKey: starter?.id === former?.id });
  if (starter === undefined || terms === undefined) return undefined;
  const isGone = ended.some(({ id }) => id === starter.id);
  return insertApiKey(core, tx, {
    ...key,
    scopes: terms.scopes,
    allowList: terms.allowList,
    ceilings: terms.ceilings,
    lifetimeSeconds: Math.floor((terms.expiresAt - at.getTime()) / 1_000),
    expiresAt: new Date(terms.expiresAt),
    mintedBy: isGone ? (former?.minted_by ?? null) : starter.id,
  });
}
