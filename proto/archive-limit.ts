/** What an archive of a template may hold. The server refuses more at the upload, and daemons when they unpack it. */
export const ARCHIVE_LIMIT_BYTES = 100 * 1024 * 1024;
export const ARCHIVE_LIMIT_ENTRIES = 20_000;
