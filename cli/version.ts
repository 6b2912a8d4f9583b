import { PROGRAM_VERSION } from "#proto/program-version.ts";

/** The program's version without its `v`. */
export const VERSION = PROGRAM_VERSION.slice(1);

/** The output of `--version`. Scripts that start agents look for the word Coder in it to recognize the right kind of program. */
export const VERSION_LINE = `Proviso ${PROGRAM_VERSION} (speaks the Coder API)`;
