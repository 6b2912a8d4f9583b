import { endOfKey } from "../access/subject-of-key.ts";
import type { StoredEntitlement } from "../database/tables/workspaces.ts";
import { ceilingsForChildOf, type HeldKey, isFullSession } from "../keys/grants.ts";
import { mayReadOwnersSecrets } from "./build-key-rules.ts";

/** With what a build was requested, in its present state; `key` is undefined if it was deleted. An agent is no key, so it passes nothing on. */
export type Asked =
  | { readonly with: "session" | "token"; readonly key: HeldKey | undefined }
  | { readonly with: "agent" }
  /** The server itself, in the name of its user. */
  | { readonly with: "nothing" };

/** Everything that a build's entitlement depends on, as it is when a daemon takes the job. */
export interface BuildRequest {
  readonly owner: { readonly id: string; readonly isActive: boolean };
  /** The user who requested the build. */
  readonly requester: { readonly id: string; readonly isActive: boolean; readonly isDeploymentOwner: boolean };
  readonly asked: Asked;
  /** Whether the requester's roles still allow such a build. */
  readonly mayStillAsk: boolean;
  /** Whether the daemon that takes the job may see what belongs to the workspace's owner. */
  readonly isDaemonTrusted: boolean;
}

/** Why a build gets nothing of its owner's, or, of a token, neither the Git SSH key nor external-auth tokens. */
export type Withheld =
  | "from_daemon"
  | "owner_inactive"
  | "requester_inactive"
  | "from_others"
  | "from_agent"
  | "session_ended"
  | "token_ended"
  | "no_longer_allowed"
  | "from_token";

export interface Entitled {
  readonly entitlement: StoredEntitlement;
  /** Whether the template gets the owner's Git SSH key and external-auth tokens. */
  readonly hasOwnersSecrets: boolean;
  readonly withheld: Withheld | undefined;
}

/**
 * Decides what a build is entitled to: the key that its template gets, the personal data of its workspace's owner, and later its agents. See
 * docs/decisions/0011-what-a-build-hands-to-its-template.md and 0021-what-daemons-get-of-others.md.
 */
export function entitle(request: BuildRequest, now: Date): Entitled {
  const withheld = refusalOf(request, now);
  if (withheld !== undefined) return { entitlement: { kind: "none" }, hasOwnersSecrets: false, withheld };
  const { asked, owner } = request;
  const key = "key" in asked ? asked.key : undefined;
  if (key === undefined || isFullSession(key)) return { entitlement: { kind: "full" }, hasOwnersSecrets: true, withheld: undefined };
  const grants = [
    { scopes: key.scopes, allow_list: key.allow_list, expires_at: key.expires_at.toISOString() },
    ...ceilingsForChildOf(key).map(({ scopes, allow_list, expires_at }) => ({ scopes, allow_list, expires_at })),
  ];
  const hasOwnersSecrets = mayReadOwnersSecrets(key, owner.id, now);
  return { entitlement: { kind: "limited", grants }, hasOwnersSecrets, withheld: hasOwnersSecrets ? undefined : "from_token" };
}

function refusalOf({ owner, requester, asked, mayStillAsk, isDaemonTrusted }: BuildRequest, now: Date): Withheld | undefined {
  if (!isDaemonTrusted) return "from_daemon";
  if (!requester.isActive) return "requester_inactive";
  if (!owner.isActive) return "owner_inactive";
  // An owner of the deployment can do everything that its users can do anyway. Anybody else who may write templates and start others'
  // workspaces could let a template print their secrets.
  if (requester.id !== owner.id && !requester.isDeploymentOwner) return "from_others";
  if (asked.with === "agent") return "from_agent";
  if (asked.with !== "nothing") {
    const { key } = asked;
    const isUsable = key !== undefined && key.user_id === requester.id && endOfKey(key) > now.getTime();
    if (!isUsable) return asked.with === "session" ? "session_ended" : "token_ended";
  }
  return mayStillAsk ? undefined : "no_longer_allowed";
}
