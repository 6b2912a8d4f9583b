import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { packageSources } from "./package-sources.ts";

/** A clone of these files, deleted when the test ends. @returns its root */
function clone(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "proviso-package-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

test("a package holds its folder and all that it imports, with imports that need neither # nor TypeScript", () => {
  const root = clone({
    "sdk/client.ts": 'import { a } from "./deep/a.ts";\nimport type { B } from "#proto/b.ts";\n',
    "sdk/deep/a.ts": 'export { names } from "../names.ts";\n',
    "sdk/names.ts": 'export const lazy = () => import("#proto/b.ts");\n',
    "sdk/names.test.ts": 'import { expect } from "vitest";\n',
    "proto/b.ts": 'import "./c.ts";\n',
    "proto/c.ts": "",
    "proto/unused.ts": "",
  });
  const { files } = packageSources(root, "sdk", []);
  expect(Object.fromEntries(files)).toEqual({
    "client.ts": 'import { a } from "./deep/a.js";\nimport type { B } from "./proto/b.js";\n',
    "deep/a.ts": 'export { names } from "../names.js";\n',
    "names.ts": 'export const lazy = () => import("./proto/b.js");\n',
    "proto/b.ts": 'import "./c.js";\n',
    "proto/c.ts": "",
  });
});

test("generated JavaScript takes its declarations along", () => {
  const root = clone({
    "sdk/client.ts": 'import { A } from "#proto/gen/a_pb.js";\n',
    "proto/gen/a_pb.js": "",
    "proto/gen/a_pb.d.ts": 'import type { B } from "./b_pb.js";\n',
    "proto/gen/b_pb.js": "",
    "proto/gen/b_pb.d.ts": "",
  });
  const places = ["client.ts", ...["a_pb", "b_pb"].flatMap((name) => [`proto/gen/${name}.js`, `proto/gen/${name}.d.ts`])];
  expect([...packageSources(root, "sdk", []).files.keys()].toSorted()).toEqual(places.toSorted());
});

test("it depends on the packages that it imports, by their names, and on nothing of Node's", () => {
  const root = clone({
    "sdk/client.ts": [
      'import { Type } from "typebox";',
      'import { Value } from "typebox/value";',
      'import { create } from "@bufbuild/protobuf/wkt";',
      'import { join } from "node:path";',
      'import { readFile } from "fs/promises";',
    ].join("\n"),
  });
  expect([...packageSources(root, "sdk", []).dependencies].toSorted()).toEqual(["@bufbuild/protobuf", "typebox"]);
});

test("an import of what is left out, or of what lies outside of the clone, is an error that names both files", () => {
  const files = { "sdk/client.ts": 'import { a } from "./arbitrary.ts";\n', "sdk/arbitrary.ts": "" };
  expect(() => packageSources(clone(files), "sdk", ["arbitrary.ts"])).toThrow(/sdk\/client\.ts.*sdk\/arbitrary\.ts/);
  const outside = clone({ "sdk/client.ts": 'import { a } from "../../other/a.ts";\n' });
  expect(() => packageSources(outside, "sdk", [])).toThrow(/sdk\/client\.ts.*\.\.\/other\/a\.ts/);
});
