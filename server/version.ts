import manifest from "../package.json" with { type: "json" };

/** `v<major>.<minor>.<patch>`: clients compare the first two numbers with their own and warn. */
export const BUILD_VERSION = `v${manifest.version}`;
