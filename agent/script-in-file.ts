import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A script in a file that only its user may read, for as long as it runs. Interpreters read it, so nothing needs to be executable there. */
export interface ScriptInFile extends Disposable {
  readonly path: string;
}

/** Writes the script to the temporary folder, or to memory if the disk has no room. @throws the first error of the file system */
export function writeScript(text: string, roots: readonly string[] = [tmpdir(), "/dev/shm"]): ScriptInFile {
  const problems: unknown[] = [];
  for (const root of roots) {
    let folder: string | undefined;
    try {
      folder = mkdtempSync(join(root, "coder-script-"));
      const path = join(folder, "script");
      writeFileSync(path, text, { mode: 0o600, flag: "wx" });
      return { path, [Symbol.dispose]: removing(folder) };
    } catch (error) {
      problems.push(error);
      if (folder !== undefined) removing(folder)();
    }
  }
  throw problems[0];
}

function removing(folder: string): () => void {
  return () => {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // What cannot be removed now is of no use to anybody else.
    }
  };
}
