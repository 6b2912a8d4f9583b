/** Names of the gRPC metadata entries that stand for what upstream carries in HTTP headers and query parameters. */

/** A provisioner key, `pvk_…`: who the daemon is, and in which organization. Its tags come from the key. */
export const DAEMON_KEY = "coder-provisioner-daemon-key";
/** The daemon's level of the provisioner API, `major.minor`. Absent means 1.0. */
export const DAEMON_API_VERSION = "coder-provisioner-api-version";
/** The daemon's name: 1 to 64 letters, digits and inner hyphens. The same name gets the same daemon id again. */
export const DAEMON_NAME = "coder-provisioner-daemon-name";
/** What the daemon can run: a comma-separated list, of which we know `terraform`. */
export const DAEMON_PROVISIONERS = "coder-provisioners";
/** Version of the program at the other end, `v<major>.<minor>.<patch>`. */
export const BUILD_VERSION = "x-coder-build-version";
/** An agent's token, `pva_…`. */
export const AGENT_TOKEN = "coder-session-token";
/** The agent's level of the agent API, `major.minor`. Absent means 2.0. */
export const AGENT_API_VERSION = "coder-agent-api-version";

/** The level of the provisioner API that our daemons announce and our server accepts up to. */
export const PROVISIONER_API_LEVEL = "1.19";
/** The level of the agent API that our agents announce and our server accepts up to. */
export const AGENT_API_LEVEL = "2.11";
