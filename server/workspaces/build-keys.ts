import type { ApiKey } from "../access/used-key-rows.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { endKey } from "../keys/key-lineage.ts";
import { insertApiKey, type KeyWithSecret } from "../keys/key-rows.ts";
import { auditBuildKeys } from "./build-entries.ts";
import { findBuildKey } from "./build-key-rows.ts";
import { buildKeyTerms } from "./build-key-rules.ts";
import type { EntitledBuild } from "./entitle-build.ts";

const LIFETIME_MS = 168 * 3_600_000;

export interface RenewedBuildKey {
  /** `<id>-<secret>`, or the empty string without a key. */
  readonly secret: string;
  /** The key on which the build's limited entitlement depends from now on; null if it depends on none. */
  readonly entitlementKeyId: string | null;
}

/**
 * Creates the key with which a start's template may act for the workspace's owner, as far as the build is entitled to that. Each transition
 * ends the previous key and all keys minted by it, so a workspace has at most one.
 */
export async function renewBuildKey(
  core: Database,
  tx: Tx,
  build: Row<"workspace_builds">,
  workspace: Pick<Row<"workspaces">, "id" | "owner_id">,
  entitled: Pick<EntitledBuild, "entitlement" | "starter">,
): Promise<RenewedBuildKey> {
  const tokenName = `${workspace.owner_id}_${workspace.id}_session_token`;
  const former = await findBuildKey(tx.db, workspace.owner_id, tokenName);
  const changes = former === undefined ? [] : await endKey(core, tx, former, { how: "delete", cascade: true });
  const ended = changes.map(({ before }) => before);
  const { starter } = entitled;
  const isGone = ended.some(({ id }) => id === starter?.id);
  const made =
    build.transition === "start" ? await mintBuildKey(core, tx, workspace, { ...entitled, tokenName, former, isGone }) : undefined;
  await auditBuildKeys(core, tx, build, { minted: made?.key, ended });
  const limitedBy = isGone ? made?.key.id : starter?.id;
  return { secret: made?.secret ?? "", entitlementKeyId: entitled.entitlement.kind === "limited" ? (limitedBy ?? null) : null };
}

interface BuildKeyOf extends Pick<EntitledBuild, "entitlement" | "starter"> {
  readonly tokenName: string;
  readonly former: ApiKey | undefined;
  /** Whether the starter has been ended for this key. */
  readonly isGone: boolean;
}

/** Mints the key. Returns undefined if the build gets none. */
async function mintBuildKey(
  core: Database,
  tx: Tx,
  workspace: Pick<Row<"workspaces">, "owner_id">,
  { entitlement, tokenName, starter, former, isGone }: BuildKeyOf,
): Promise<KeyWithSecret | undefined> {
  const key = { userId: workspace.owner_id, loginType: "token", tokenName } as const;
  switch (entitlement.kind) {
    case "none":
      return undefined;
    case "full":
      return insertApiKey(core, tx, { ...key, scopes: ["coder:all"], allowList: ["*:*"], lifetimeSeconds: LIFETIME_MS / 1_000 });
  }
  const at = core.now();
  const terms = buildKeyTerms(starter, { now: at, lifetimeMs: LIFETIME_MS, isFormerBuildKey: starter?.id === former?.id });
  if (starter === undefined || terms === undefined) return undefined;
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
