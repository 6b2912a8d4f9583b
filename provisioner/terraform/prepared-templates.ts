import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { writeDurably } from "#disk/durable-file.ts";

const KEEP_MS = 30 * 24 * 3_600_000;

/** What a run learned about a template that is valid for every later run of the same archive. */
export interface PreparedTemplate {
  /** The output of `terraform graph`, which depends only on the configuration. */
  readonly graph: string;
}

/**
 * A cache of templates for which `terraform init` had nothing to install (no modules, no providers from a registry, no backend), so that a
 * build does not need to run it again. Each start of Terraform takes 50 ms, which is most of the time of a small build.
 * Entries are files in one directory, which several daemons may share; they contain no secrets.
 */
export class PreparedTemplates {
  readonly #directory: string;

  /** @param directory created when the first entry is written */
  constructor(directory: string) {
    this.#directory = directory;
  }

  async find(archive: Uint8Array, terraformVersion: string): Promise<PreparedTemplate | undefined> {
    const graph = await readFile(this.#file(archive, terraformVersion), "utf8").catch(() => undefined);
    return graph === undefined ? undefined : { graph };
  }

  async remember(archive: Uint8Array, terraformVersion: string, prepared: PreparedTemplate): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    // After a power cut, a file that was only renamed might be empty.
    await writeDurably(this.#file(archive, terraformVersion), prepared.graph);
  }

  /** Removes entries that are older than thirty days. */
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
