import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mountDisk, whyNoDisks } from "./disks.ts";

const reason = await whyNoDisks();

test.skipIf(reason !== undefined)("a full disk takes nothing more until it is emptied, and keeps what it has", async () => {
  const parent = await mkdtemp(join(tmpdir(), "proviso-disk-test-"));
  try {
    await using disk = await mountDisk(join(parent, "disk"));
    const write = (name: string) => writeFile(join(disk.path, name), "x".repeat(100_000));
    await write("before");
    await disk.fill();
    await expect(write("full")).rejects.toMatchObject({ code: "ENOSPC" });
    await disk.empty();
    await write("after");
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
});
