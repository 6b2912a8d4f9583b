import manifest from "../package.json" with { type: "json" };

/** The version of this program, `v<major>.<minor>.<patch>`. Peers compare the first two numbers with their own, and warn if they differ. */
export const PROGRAM_VERSION = `v${manifest.version}`;
