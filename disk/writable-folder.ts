import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { explainDisk } from "./disk-error.ts";
import { createFolderDurably } from "./durable-file.ts";

/**
 * Creates a folder for its owner only, if it is missing, and makes sure that files can be created in it.
 *
 * @param what names the folder in messages: with an article and a capital letter, such as `The data folder`
 * @throws DiskError
 */
export function openWritableFolder(what: string, path: string): Promise<void> {
  return explainDisk(what, path, async () => {
    await createFolderDurably(path);
    // Only an attempt tells: besides modes there are access lists, quotas and read-only disks.
    const probe = join(path, `.probe-${randomBytes(6).toString("hex")}`);
    await writeFile(probe, "", { flag: "wx" });
    await rm(probe);
  });
}
