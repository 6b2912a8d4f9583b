import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOMS } from "./import-arrows.ts";
import { BASE, FEATURES } from "./server-arrows.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../docs/architecture.md"), "utf8");

/** Room → the rooms that its row says it may import, in the rows of one section's tables. */
function roomsOf(section: string): Record<string, string[]> {
  const [, text = ""] = PAGE.split(`\n## ${section}\n`);
  const [body = ""] = text.split("\n## ");
  const rows = [...body.matchAll(/^\| `([\w/-]+)\/` \| .* \| (.*) \|$/gm)];
  return Object.fromEntries(
    rows.map(([, room = "", may = ""]) => [room, [...may.matchAll(/`([\w/-]+)\/`/g)].map(([, name = ""]) => name)]),
  );
}

test("the page has the arrows inside the server as they are checked", () => {
  expect(roomsOf("Inside the server")).toEqual({ ...BASE, ...FEATURES });
});

test("the page has a row for each room that the check of imports knows", () => {
  expect(Object.keys(roomsOf("Rooms"))).toEqual(expect.arrayContaining(ROOMS));
});

test("every file that a walk names stands where the page says", () => {
  const [, walks = ""] = PAGE.split("\n## Walks\n");
  const [body = ""] = walks.split("\n## ");
  const now = [...body.matchAll(/^- now: ([\s\S]*?)(?=\n- |\n\n|$(?![\s\S]))/gm)].map(([, text = ""]) => text);
  expect(now).toHaveLength(4);
  const missing = now.flatMap((text) => {
    let folder = "";
    return [...text.matchAll(/`([a-z/-]+?)(?:\.ts)?`/g)].flatMap(([, path = ""]) => {
      if (path.endsWith("/")) return [];
      const parts = path.split("/");
      if (parts.length > 1) folder = parts.slice(0, -1).join("/");
      const file = `${folder}/${parts.at(-1)}.ts`;
      return exists(`server/${file}`) || exists(file) ? [] : [file];
    });
  });
  expect(missing).toEqual([]);
});

function exists(file: string): boolean {
  return existsSync(join(import.meta.dirname, "..", file));
}
