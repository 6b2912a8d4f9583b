import { stat } from "node:fs/promises";

/**
 * Tells data directories apart: two that exist at the same time on one machine never have the same ID. A directory keeps its ID as long as
 * it is not moved to another file system or copied. Servers on one machine that share a database have the same names for their daemons, but
 * not the same data directory.
 */
export async function dataDirectoryId(path: string): Promise<string> {
  const { dev, ino } = await stat(path, { bigint: true });
  return `${dev.toString(16)}-${ino.toString(16)}`;
}
