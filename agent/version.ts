import manifest from "../package.json" with { type: "json" };

/** `v<major>.<minor>.<patch>`, as the server wants it. */
export const VERSION = `v${manifest.version}`;
