import type { Withheld } from "./entitlement-rules.ts";

const NOTHING =
  "so the template gets none of the owner's credentials (no session token, no Git SSH key and no external-auth tokens), and the agents only do their own work.";

/** Messages for the job's log that explain why a template gets no credentials. */
export const WITHHELD: Readonly<Record<Withheld, string>> = {
  from_others: `Someone other than the workspace's owner requested this build, ${NOTHING}`,
  from_agent: `An agent requested this build, ${NOTHING}`,
  from_daemon: `The user who made this daemon's provisioner key is unknown, or may no longer make such keys, or has fewer rights than the workspace's owner, ${NOTHING}`,
  owner_inactive: `The workspace's owner is suspended or deleted, ${NOTHING}`,
  requester_inactive: `The user who requested this build was suspended or deleted before a daemon took it, ${NOTHING}`,
  session_ended: `The session that requested this build ended before a daemon took it (by signing out, a new password, or its time), ${NOTHING}`,
  token_ended: `The token that requested this build ended before a daemon took it, ${NOTHING}`,
  no_longer_allowed: `The user who requested this build may no longer do so, ${NOTHING}`,
  from_token:
    "The token that requested this build does not grant `user:read_personal` on the workspace's owner, so the template and the agents get neither the owner's Git SSH key nor external-auth tokens.",
};
