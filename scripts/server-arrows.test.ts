import { describe, expect, test } from "vitest";
import { BASE, FEATURES, findInsideServer, findUnusedArrows } from "./server-arrows.ts";
import type { Source } from "./sources.ts";

function source(file: string, imports: readonly string[] = [], text = ""): Source {
  return { file, text, imports };
}

/** What is wrong with these files, as the list of exceptions would name it. */
function wrong(sources: readonly Source[], exceptions: readonly string[] = []): string[] {
  return findInsideServer(sources, new Set(exceptions)).map(({ what }) => what);
}

describe("arrows", () => {
  test("a feature may import the base, its neighbors in the table, its own files and the common words", () => {
    const imports = [
      "server/database/locks.ts",
      "server/keys/grants.ts",
      "server/tokens/rows.ts",
      "server/errors.ts",
      "server/ids.ts",
      "sdk/api-keys.ts",
    ];
    expect(wrong([source("server/tokens/end-key.ts", imports)])).toEqual([]);
  });

  for (const { what, file, target } of [
    { what: "a feature that the table does not give it", file: "server/people/json.ts", target: "server/tokens/rows.ts" },
    { what: "a feature, from the base", file: "server/access/guard.ts", target: "server/people/json.ts" },
    { what: "another room of the base against the table", file: "server/database/locks.ts", target: "server/access/guard.ts" },
    { what: "the file that knows every feature", file: "server/people/json.ts", target: "server/features.ts" },
    { what: "a room that does not exist", file: "server/people/json.ts", target: "server/common/text.ts" },
  ])
    test(`nothing imports ${what}`, () => {
      expect(wrong([source(file, [target])])).toEqual([`${file} -> ${target}`]);
    });

  test("the files at the top import every feature", () => {
    const imports = ["server/people/routes.ts", "server/workspaces/routes.ts", "server/http/app.ts"];
    expect(wrong(["server/start.ts", "server/config.ts", "server/features.ts"].map((file) => source(file, imports)))).toEqual([]);
  });

  test("a file in no room, or in a room that the table does not name, is found", () => {
    expect(findInsideServer([source("server/helpers.ts"), source("server/common/text.ts")], new Set())).toEqual([
      { what: "server/helpers.ts", why: expect.any(String) },
      { what: "server/common/text.ts", why: expect.stringContaining("common") },
    ]);
  });

  test("what is outside of the server is not looked at", () => {
    expect(wrong([source("cli/main.ts", ["server/people/json.ts"], "sql`select 1`")])).toEqual([]);
  });
});

describe("circles", () => {
  test("files that import each other through others are found", () => {
    const sources = [
      source("server/people/a.ts", ["server/people/b.ts"]),
      source("server/people/b.ts", ["server/people/c.ts"]),
      source("server/people/c.ts", ["server/people/a.ts"]),
    ];
    expect(wrong(sources)).toEqual(["server/people/a.ts -> server/people/b.ts -> server/people/c.ts -> server/people/a.ts"]);
  });

  test("two ways to the same file are none", () => {
    const sources = [
      source("server/people/a.ts", ["server/people/b.ts", "server/people/c.ts"]),
      source("server/people/b.ts", ["server/people/d.ts"]),
      source("server/people/c.ts", ["server/people/d.ts"]),
      source("server/people/d.ts"),
    ];
    expect(wrong(sources)).toEqual([]);
  });
});

describe("SQL", () => {
  const statements = [
    'import { sql } from "kysely";',
    "await sql`select 1`.execute(db)",
    'db.selectFrom("users")',
    'db.insertInto("users")',
    'db.updateTable("users")',
    'db.deleteFrom("users")',
    'db.withRecursive("descendant(id)", of)',
  ];
  for (const text of statements)
    test(`is found in \`${text}\``, () => {
      expect(wrong([source("server/people/json.ts", [], text)])).toEqual(["server/people/json.ts"]);
    });

  test("stands in files of rows, and in the database's room", () => {
    const files = [
      "server/people/rows.ts",
      "server/people/user-rows.ts",
      "server/database/locks.ts",
      "server/database/migrations/0001-people.ts",
    ];
    expect(wrong(files.map((file) => source(file, [], statements.join("\n"))))).toEqual([]);
  });

  test("does not stand in a file whose name only ends alike", () => {
    expect(wrong([source("server/people/arrows.ts", [], 'db.selectFrom("users")')])).toEqual(["server/people/arrows.ts"]);
  });
});

describe("exceptions", () => {
  const stray = source("server/people/json.ts", ["server/tokens/rows.ts"], 'db.selectFrom("users")');

  test("silence exactly what they name", () => {
    expect(wrong([stray], ["server/people/json.ts"])).toEqual(["server/people/json.ts -> server/tokens/rows.ts"]);
    expect(wrong([stray], ["server/people/json.ts", "server/people/json.ts -> server/tokens/rows.ts"])).toEqual([]);
  });

  test("are found themselves when they silence nothing any more", () => {
    expect(wrong([], ["server/people/json.ts -> server/tokens/rows.ts"])).toEqual(["server/people/json.ts -> server/tokens/rows.ts"]);
  });

  test("never silence a circle", () => {
    const circle = [source("server/people/a.ts", ["server/people/b.ts"]), source("server/people/b.ts", ["server/people/a.ts"])];
    const what = "server/people/a.ts -> server/people/b.ts -> server/people/a.ts";
    expect(wrong(circle, [what])).toContain(what);
  });
});

test("a line of the table that no file needs is found", () => {
  const sources = Object.entries({ ...BASE, ...FEATURES }).map(([from, allowed]) =>
    source(
      `server/${from}/rows.ts`,
      allowed.map((to) => `server/${to}/rows.ts`),
    ),
  );
  expect(findUnusedArrows(sources)).toEqual([]);
  const others = sources.filter(({ file }) => file !== "server/sessions/rows.ts");
  expect(findUnusedArrows(others).map(({ what }) => what)).toEqual(["sessions -> keys", "sessions -> people"]);
});
