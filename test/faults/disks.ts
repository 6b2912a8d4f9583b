import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const SIZE_BYTES = 512 * 1024 * 1024;

/** A folder with a file system of its own, which can be full. Disposing unmounts it. */
export interface Disk extends AsyncDisposable {
  readonly path: string;
  /** From now on nothing more can be written to it. */
  fill(): Promise<void>;
  empty(): Promise<void>;
}

/** @param path created if it does not exist, private as the folders of servers and daemons are */
export async function mountDisk(path: string): Promise<Disk> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await run("mount", ["-t", "tmpfs", "-o", `size=${SIZE_BYTES},mode=700`, "tmpfs", path]);
  const resize = (bytes: number) => run("mount", ["-o", `remount,size=${bytes}`, path]);
  return {
    path,
    fill: async () => {
      // It shrinks to what is in it, which costs nothing; while somebody writes, that is a moving mark.
      for (let tries = 0; ; tries++) {
        const { bsize, blocks, bfree } = await statfs(path);
        try {
          await resize(Math.max(1, blocks - bfree) * bsize);
          return;
        } catch (error) {
          if (tries >= 20) throw error;
        }
      }
    },
    empty: async () => {
      await resize(SIZE_BYTES);
    },
    [Symbol.asyncDispose]: async () => {
      await run("umount", ["--lazy", path]);
    },
  };
}

/** Why no disk can be made here, or undefined. */
export async function whyNoDisks(): Promise<string | undefined> {
  if (process.platform !== "linux") return "only Linux has tmpfs";
  if (process.getuid?.() !== 0) return "mounting a disk needs root";
  const probe = await mkdtemp(join(tmpdir(), "proviso-disk-"));
  try {
    await using _disk = await mountDisk(probe);
    return undefined;
  } catch (error) {
    return `mounting a disk failed: ${error instanceof Error ? error.message.trim() : String(error)}`;
  } finally {
    await rm(probe, { recursive: true, force: true }).catch(() => {});
  }
}
