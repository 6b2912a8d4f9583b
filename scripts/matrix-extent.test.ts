import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { extentOf } from "./matrix-extent.ts";

/** A repository whose commits, oldest first, each write one file. */
function commitAll(root: string, files: readonly string[]): void {
  git(root, "init", "--quiet");
  for (const [index, file] of files.entries()) {
    write(root, file, `${index}`);
    git(root, "add", ".");
    git(root, "-c", "user.name=t", "-c", "user.email=t@example.test", "-c", "commit.gpgsign=false", "commit", "--quiet", "-m", file);
  }
}

function git(root: string, ...args: readonly string[]): string {
  return execFileSync("git", ["-C", root, ...args], { encoding: "utf8" }).trim();
}

function write(root: string, file: string, text: string): void {
  mkdirSync(join(root, dirname(file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

const DOCS = Array.from({ length: 11 }, (_, index) => `docs/page-${index}.md`);

test("a commit far from anything that decides asks the tenth that its hash chooses", async () => {
  await using root = await mkdtempDisposable(join(tmpdir(), "proviso-extent-"));
  commitAll(root.path, ["authz/decide.ts", ...DOCS]);
  expect(extentOf(root.path)).toMatchObject({ kind: "tenth", seed: git(root.path, "rev-parse", "HEAD") });
});

for (const file of [
  "authz/decide.ts",
  "server/access/guard.ts",
  "server/http/needs.ts",
  "server/people/password-routes.ts",
  "server/tokens/routes.ts",
  "test/authorization/rules.md",
])
  test(`a change of ${file} asks everything for the next ten commits`, async () => {
    await using root = await mkdtempDisposable(join(tmpdir(), "proviso-extent-"));
    commitAll(root.path, [...DOCS, file, ...DOCS.slice(0, 9)]);
    expect(extentOf(root.path)).toEqual({ kind: "full", why: `since ${file} has changed within 10 commits` });
    commitAll(root.path, ["docs/one-more.md"]);
    expect(extentOf(root.path).kind).toBe("tenth");
  });

test("work that is not committed counts, whether git knows the file or not", async () => {
  await using root = await mkdtempDisposable(join(tmpdir(), "proviso-extent-"));
  commitAll(root.path, ["authz/decide.ts", ...DOCS]);
  write(root.path, "authz/decide.ts", "changed");
  expect(extentOf(root.path).kind).toBe("full");
  git(root.path, "checkout", "--quiet", ".");
  expect(extentOf(root.path).kind).toBe("tenth");
  write(root.path, "authz/new.ts", "");
  expect(extentOf(root.path).kind).toBe("full");
});

test("a clone without the history asks everything, and so does a folder that is no repository", async () => {
  await using root = await mkdtempDisposable(join(tmpdir(), "proviso-extent-"));
  commitAll(root.path, DOCS);
  await using clone = await mkdtempDisposable(join(tmpdir(), "proviso-extent-"));
  git(clone.path, "clone", "--quiet", "--depth=1", `file://${root.path}`, ".");
  expect(extentOf(clone.path).kind).toBe("full");
  await using empty = await mkdtempDisposable(join(tmpdir(), "proviso-extent-"));
  expect(extentOf(empty.path).kind).toBe("full");
});
