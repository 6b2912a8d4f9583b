import { buildKeyTerms } from "../tokens/build-key.ts";
import type { StoreCore, Tx } from "./context.ts";
import { endKey, lockedKey, lockKeys } from "./key-lineage.ts";
import { API_KEY_COLUMNS, insertApiKey } from "./key-rows.ts";
import type { Row } from "./tables.ts";

const LIFETIME_MS = 168 * 3_600_000;

/**
 * The key with which a start's template may act for the workspace's owner. Any transition ends the one before and all that was minted by
 * it: at most one of a workspace is alive. A build that an API token asked for gets a key inside that token, or none.
 *
 * @returns `<id>-<secret>`, or the empty string
 */
export async function renewBuildKey(
  core: StoreCore,
  tx: Tx,
  build: Pick<Row<"workspace_builds">, "transition" | "initiator_key_id">,
  workspace: Pick<Row<"workspaces">, "id" | "owner_id">,
): Promise<string> {
  const at = core.now();
  const tokenName = `${workspace.owner_id}_${workspace.id}_session_token`;
  await lockKeys(core, tx);
  // Read before the former key is ended: that may be the starter itself, or what it was minted by.
  const starter = build.initiator_key_id === null ? undefined : await lockedKey(core, tx, build.initiator_key_id);
  const former = await tx.db
    .selectFrom("api_keys")
    .select(API_KEY_COLUMNS)
    .where("user_id", "=", workspace.owner_id)
    .where("token_name", "=", tokenName)
    .executeTakeFirst();
  const ended = former === undefined ? [] : await endKey(core, tx, former, { how: "delete", cascade: true });
  if (build.transition !== "start") return "";

  const key = { userId: workspace.owner_id, loginType: "token", tokenName } as const;
  const lifetimeSeconds = LIFETIME_MS / 1_000;
  if (build.initiator_key_id === null) {
    const { secret } = await insertApiKey(core, tx, { ...key, scopes: ["coder:all"], allowList: ["*:*"], lifetimeSeconds });
    return secret;
  }
  const terms = buildKeyTerms(starter, { now: at, lifetimeMs: LIFETIME_MS, isFormerBuildKey: starter?.id === former?.id });
  if (starter === undefined || terms === undefined) return "";
  const isGone = ended.some(({ before }) => before.id === starter.id);
  const { secret } = await insertApiKey(core, tx, {
    ...key,
    scopes: terms.scopes,
    allowList: terms.allowList,
    ceilings: terms.ceilings,
    lifetimeSeconds: Math.floor((terms.expiresAt - at.getTime()) / 1_000),
    expiresAt: new Date(terms.expiresAt),
    mintedBy: isGone ? (former?.minted_by ?? null) : starter.id,
  });
  return secret;
}
