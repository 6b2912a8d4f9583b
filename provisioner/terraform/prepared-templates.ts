import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";

const KEEP_MS = 30 * 24 * 3_600_000;

/** What a run learned of a template that holds for every later run of the same archive. */
export interface PreparedTemplate {
  /** What `terraform graph` printed: it depends on the configuration alone. */
  readonly graph: string;
}

/**
 * Templates for which `terraform init` had nothing to install (neither modules nor providers of a registry, nor a backend), so that a build
 * need not run it again. Each start of Terraform costs a build 50 ms, which is most of what a small one takes.
 * Entries are files of one directory, which several daemons may share; they hold no secret.
 */
export class PreparedTemplates {
  readonly #directory: string;

  /** @param directory made when the first entry is written */
  constructor(directory: string) {
    this.#directory = directory;
  }

  async find(archive: Uint8Array, terraformVersion: string): Promise<PreparedTemplate | undefined> {
    const graph = await readFile(this.#file(archive, terraformVersion), "utf8").catch(() => undefined);
    return graph === undefined ? undefined : { graph };
  }

  async remember(archive: Uint8Array, terraformVersion: string, prepared: PreparedTemplate): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const unfinished = path.join(this.#directory, `.${randomUUID()}`);
    try {
      // Flushed: after a power cut a file that was only renamed may be there and empty.
      await writeFile(unfinished, prepared.graph, { mode: 0o600, flush: true });
      await rename(unfinished, this.#file(archive, terraformVersion));
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  /** Forgets what was written more than thirty days ago. */
  async sweep(now: number): Promise<void> {
    for (const name of await readdir(this.#directory).catch(() => [])) {
      const file = path.join(this.#directory, name);
      const written = await stat(file).then((info) => info.mtimeMs);
      if (now - written > KEEP_MS) await rm(file, { force: true });
    }
  }

  #file(archive: Uint8Array, terraformVersion: string): string {
    return path.join(this.#directory, createHash("sha256").update(archive).update(terraformVersion).digest("hex"));
  }
}
