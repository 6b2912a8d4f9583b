import { cp, mkdir, mkdtempDisposable, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dataDirectoryId } from "./data-directory-id.ts";

test("a directory keeps its ID under another name and with other contents, and a copy has another one", async () => {
  await using parent = await mkdtempDisposable(join(tmpdir(), "proviso-home-"));
  const path = (name: string) => join(parent.path, name);
  await mkdir(path("one"));
  const id = await dataDirectoryId(path("one"));
  await writeFile(join(path("one"), "file"), "x");
  await cp(path("one"), path("copy"), { recursive: true });
  expect(await dataDirectoryId(path("copy"))).not.toBe(id);
  await rename(path("one"), path("moved"));
  expect(await dataDirectoryId(path("moved"))).toBe(id);
});
