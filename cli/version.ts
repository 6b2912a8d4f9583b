import description from "../package.json" with { type: "json" };

export const VERSION: string = description.version;

/** The first line of `--version`. Scripts that start agents look for the word Coder in it to know that they have the right kind of program. */
export const VERSION_LINE = `Proviso v${VERSION} (speaks the Coder API)`;
