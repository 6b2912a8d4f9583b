/** Names of the gRPC metadata entries that replace upstream's HTTP headers and query parameters. */

/** A provisioner key, `pvk_…`. It identifies the daemon, its organization and its tags. */
export const DAEMON_KEY = "coder-provisioner-daemon-key";
/** The daemon's level of the provisioner API, `major.minor`. Absent means 1.0. */
export const DAEMON_API_VERSION = "coder-provisioner-api-version";
/** The daemon's name: 1 to 64 letters, digits and inner hyphens. A daemon that uses the same name again gets the same id. */
export const DAEMON_NAME = "coder-provisioner-daemon-name";
/** A comma-separated list of what the daemon can run; the only value we know is `terraform`. */
export const DAEMON_PROVISIONERS = "coder-provisioners";
/** `1` if the daemon calls DownloadState for a job whose `state_size` is set. The server puts the state into the job for all others. */
export const DAEMON_DOWNLOADS_STATES = "proviso-daemon-downloads-states";
/** The version of the program at the other end, `v<major>.<minor>.<patch>`. */
export const BUILD_VERSION = "x-coder-build-version";
/** An agent token, `pva_…`. */
export const AGENT_TOKEN = "coder-session-token";
/** The agent's level of the agent API, `major.minor`. Absent means 2.0. */
export const AGENT_API_VERSION = "coder-agent-api-version";

/** The level of the provisioner API that our daemons announce, and the highest that our server accepts. */
export const PROVISIONER_API_LEVEL = "1.19";
/** The level of the agent API that our agents announce, and the highest that our server accepts. */
export const AGENT_API_LEVEL = "2.11";
