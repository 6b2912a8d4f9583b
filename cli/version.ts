import { PROGRAM_VERSION } from "#proto/program-version.ts";

/** Without its `v`. */
export const VERSION = PROGRAM_VERSION.slice(1);

/** The first line of `--version`. Scripts that start agents look for the word Coder in it to know that they have the right kind of program. */
export const VERSION_LINE = `Proviso ${PROGRAM_VERSION} (speaks the Coder API)`;
