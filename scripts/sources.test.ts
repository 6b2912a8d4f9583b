import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readSources } from "./sources.ts";

/** A project of these files, deleted when the test ends. @returns its root */
function project(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "proviso-sources-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

for (const { what, text, imports } of [
  { what: "a named import", text: 'import { b } from "./b.ts";', imports: ["room/b.ts"] },
  { what: "a type import over several lines", text: 'import type {\n  A,\n  B,\n} from "../other/b.ts";', imports: ["other/b.ts"] },
  { what: "a re-export", text: 'export { b } from "./b.ts";', imports: ["room/b.ts"] },
  { what: "an import for its effect", text: 'import "./b.ts";', imports: ["room/b.ts"] },
  { what: "an import at run time", text: 'const b = await import("./b.ts");', imports: ["room/b.ts"] },
  { what: "a path that begins with #", text: 'import { b } from "#other/b.ts";', imports: ["other/b.ts"] },
  { what: "a path that goes up and down again", text: 'import { b } from "../room/./b.ts";', imports: ["room/b.ts"] },
  {
    what: "several imports in their order",
    text: 'import { c } from "./c.ts";\nimport { b } from "./b.ts";',
    imports: ["room/c.ts", "room/b.ts"],
  },
  { what: "no package and no module of Node", text: 'import pg from "pg";\nimport { join } from "node:path";', imports: [] },
]) {
  test(`finds ${what}`, () => {
    expect(readSources(project({ "room/a.ts": text }), ["room"])).toEqual([{ file: "room/a.ts", text, imports }]);
  });
}

test("reads the sources of the folders, sorted, and neither tests nor fixtures", () => {
  const root = project({
    "room/z.ts": "",
    "room/deep/a.ts": "",
    "room/z.test.ts": "",
    "room/z.fixture.ts": "",
    "room/notes.md": "",
    "other/b.ts": "",
    "beside/c.ts": "",
  });
  expect(readSources(root, ["room", "other"]).map(({ file }) => file)).toEqual(["other/b.ts", "room/deep/a.ts", "room/z.ts"]);
});
