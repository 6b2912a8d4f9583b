import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");

test("each test that the page on security names is there", async () => {
  const page = await readFile(join(ROOT, "docs/security.md"), "utf8");
  const table = page.slice(page.indexOf("## The promises"));
  const names = [...table.matchAll(/`([a-z]+\/[a-z0-9/-]+)`/g)].map(([, name = ""]) => name);
  expect(names.length).toBeGreaterThan(30);
  const isThere = (path: string) =>
    access(join(ROOT, path)).then(
      () => true,
      () => false,
    );
  const missing: string[] = [];
  for (const name of names) if (!(await isThere(`${name}.test.ts`)) && !(await isThere(name))) missing.push(name);
  expect(missing).toEqual([]);
});
