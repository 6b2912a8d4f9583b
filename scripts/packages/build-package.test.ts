import { access, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { buildPackage } from "./build-package.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const SPEC = { name: "@example/kit", description: "A kit", folder: "kit", leftOut: [], main: "main" } as const;

/** A small clone with this as its only source, deleted when the test ends. @returns its root */
async function clone(source: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "proviso-build-package-"));
  onTestFinished(() => rm(root, { recursive: true }));
  await symlink(join(ROOT, "node_modules"), join(root, "node_modules"));
  const files = {
    "package.json": JSON.stringify({
      version: "1.2.3",
      license: "Apache-2.0",
      type: "module",
      engines: { node: ">=24" },
      dependencies: { typebox: "1.4.3" },
    }),
    "tsconfig.json": await readFile(join(ROOT, "tsconfig.json"), "utf8"),
    LICENSE: "the license",
    "kit/README.md": "the readme",
    "kit/main.ts": source,
  };
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  return root;
}

test("a package is JavaScript with declarations, and depends on no less than what the clone has", async () => {
  const root = await clone('import { Type } from "typebox";\nexport const Name = Type.String();\n');
  const out = join(root, "out", "kit");
  await buildPackage(root, SPEC, out);
  expect((await readdir(out)).toSorted()).toEqual(["LICENSE", "README.md", "main.d.ts", "main.js", "package.json"]);
  expect(JSON.parse(await readFile(join(out, "package.json"), "utf8"))).toMatchObject({
    name: "@example/kit",
    version: "1.2.3",
    dependencies: { typebox: "^1.4.3" },
    exports: { ".": { types: "./main.d.ts", default: "./main.js" }, "./*": { types: "./*.d.ts", default: "./*.js" } },
  });
  expect(await readFile(join(out, "main.d.ts"), "utf8")).toContain("Name");
});

for (const { what, source, message } of [
  { what: "does not compile", source: 'export const count: number = "three";\n', message: /main\.ts/ },
  { what: "imports a package of the tests", source: 'import fc from "fast-check";\nexport const one = fc.nat;\n', message: /fast-check/ },
])
  test(`what ${what} leaves the folder as it was, and nothing beside it`, async () => {
    const root = await clone(source);
    const out = join(root, "out", "kit");
    await mkdir(out, { recursive: true });
    await writeFile(join(out, "main.js"), "before");
    await expect(buildPackage(root, SPEC, out)).rejects.toThrow(message);
    expect(await readFile(join(out, "main.js"), "utf8")).toBe("before");
    expect([await readdir(join(root, "out")), await readdir(join(root, "dist"))]).toEqual([["kit"], []]);
    await expect(access(join(out, "package.json"))).rejects.toThrow();
  });
