import manifest from "../package.json" with { type: "json" };

/** `v<major>.<minor>.<patch>`, of whichever program this is: peers compare the first two numbers with their own and warn. */
export const PROGRAM_VERSION = `v${manifest.version}`;
